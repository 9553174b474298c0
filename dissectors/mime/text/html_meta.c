#include "html_meta.h"

#include "base/chars.h"

/* Where the word begins, in any case; s.n: nowhere. */
static size_t
find_word(slice s, slice word)
{
	size_t n = 0;

	while (n < s.n && !slice_istarts(slice_drop(s, n), word))
		n++;
	return n;
}

static slice
skip_blanks(slice s)
{
	while (s.n > 0 && (char_is_blank(s.p[0]) || s.p[0] == '\r' || s.p[0] == '\n'))
		s = slice_drop(s, 1);
	return s;
}

static bool
is_label(uint8_t c)
{
	return char_is_alnum(c) || c == '-' || c == '_' || c == '.' || c == ':';
}

/* What stands behind "charset" and "=", in a tag. */
static slice
label_in(slice tag)
{
	slice rest = slice_drop(tag, find_word(tag, S("charset")));
	size_t n = 0;

	rest = skip_blanks(slice_drop(rest, S("charset").n));
	if (rest.n == 0 || rest.p[0] != '=')
		return SLICE_NONE;
	rest = skip_blanks(slice_drop(rest, 1));
	if (rest.n > 0 && (rest.p[0] == '"' || rest.p[0] == '\''))
		rest = slice_drop(rest, 1);
	while (n < rest.n && is_label(rest.p[n]))
		n++;
	return slice_take(rest, n);
}

slice
html_meta_charset(slice head)
{
	for (;;) {
		size_t end;
		slice label;

		head = slice_drop(head, find_word(head, S("<meta")));
		if (!slice_find(head, '>', &end))
			return SLICE_NONE;
		label = label_in(slice_take(head, end));
		if (label.n > 0)
			return slice_istarts(label, S("utf-16")) ? S("utf-8") : label;
		head = slice_drop(head, end);
	}
}
