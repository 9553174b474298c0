#include "html_style.h"

#include "base/chars.h"

static slice
trim(slice s)
{
	while (s.n > 0 && s.p[0] <= ' ')
		s = slice_drop(s, 1);
	while (s.n > 0 && s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

static slice
unquote(slice s)
{
	while (s.n > 0 && (s.p[0] == '"' || s.p[0] == '\''))
		s = slice_drop(s, 1);
	while (s.n > 0 && (s.p[s.n - 1] == '"' || s.p[s.n - 1] == '\''))
		s.n--;
	return s;
}

static bool
begins_word(slice value, slice word)
{
	return slice_istarts(value, word) && (value.n == word.n || !char_is_alnum(value.p[word.n]));
}

/* "0", "0px", "0.0em", ".0": a number that is nothing. Digits before and behind the point; what follows is its unit. */
static bool
is_zero(slice value)
{
	size_t n = 0, digits = 0;

	for (; n < value.n && (char_is_digit(value.p[n]) || value.p[n] == '.'); n++) {
		if (value.p[n] != '0' && value.p[n] != '.')
			return false;
		digits += value.p[n] == '0';
	}
	return digits > 0;
}

static unsigned
declaration(slice name, slice value)
{
	if (slice_ieq(name, S("display")))
		return begins_word(value, S("none")) ? STYLE_HIDES : 0;
	if (slice_ieq(name, S("visibility")))
		return begins_word(value, S("hidden")) || begins_word(value, S("collapse")) ? STYLE_HIDES : 0;
	if (slice_ieq(name, S("opacity")) || slice_ieq(name, S("max-height")))
		return is_zero(value) ? STYLE_HIDES : 0;
	if (slice_ieq(name, S("font-size")))
		return is_zero(value) || slice_istarts(value, S("1px")) ? STYLE_TINY : STYLE_SIZED;
	return 0;
}

unsigned
style_read(slice style)
{
	unsigned said = 0;

	while (style.n > 0) {
		slice one, name, value;

		slice_cut(style, ';', &one, &style);
		if (slice_cut(one, ':', &name, &value))
			said |= declaration(trim(name), trim(value));
	}
	return said & STYLE_SIZED ? said & ~(unsigned)STYLE_TINY : said;
}

void
style_urls(slice style, void (*url)(void *self, slice reference), void *self)
{
	size_t n;

	while (slice_find(style, '(', &n)) {
		bool is_url = n >= 3 && slice_ieq((slice){ style.p + n - 3, 3 }, S("url"));
		slice reference;

		style = slice_drop(style, n + 1);
		if (!is_url)
			continue;
		slice_cut(style, ')', &reference, &style);
		url(self, unquote(trim(reference)));
	}
}
