#include "path.h"

#include "base/chars.h"

/*
 * How far it is to the first of the two stop bytes outside a quoted string
 * (RFC 5321 4.1.2: Quoted-string), or the end. A quote that is never closed
 * quotes nothing.
 */
static size_t
span(slice s, uint8_t stop, bool stop_at_blank)
{
	bool quoted = false;
	size_t opened = 0, unquoted = s.n;

	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = s.p[i];
		bool stops = c == stop || (stop_at_blank && char_is_blank(c));

		if (quoted && c == '\\')
			i++;
		else if (c == '"' && !quoted) {
			quoted = true;
			opened = i;
			unquoted = s.n;
		} else if (c == '"')
			quoted = false;
		else if (stops && !quoted)
			return i;
		else if (stops && unquoted == s.n)
			unquoted = i;		/* where it would end, were the quote not one */
	}
	return quoted && opened < unquoted ? unquoted : s.n;
}

/* "@a,@b:user@c": what stands behind the colon (RFC 5321 C). */
static slice
drop_route(slice address)
{
	slice route, rest;

	if (address.n > 0 && address.p[0] == '@' && slice_cut(address, ':', &route, &rest))
		return slice_trim(rest);
	return address;
}

/* A display name before the bracket is not allowed, and common in hand-written clients. */
static slice
drop_name(slice text)
{
	size_t bracket, equals;

	if (!slice_find(text, '<', &bracket) || bracket == 0 || !char_is_blank(text.p[bracket - 1]))
		return text;
	if (slice_find(slice_take(text, bracket), '=', &equals) || slice_find(slice_take(text, bracket), '@', &equals))
		return text;		/* a parameter, or an address without brackets before one */
	return slice_drop(text, bracket);
}

bool
path_parse(slice text, struct path *path_r)
{
	slice inside;
	size_t n;

	text = drop_name(slice_trim(text));
	*path_r = (struct path){ .sent = slice_take(text, 0), .rest = text };
	if (text.n == 0)
		return false;
	if (text.p[0] != '<') {
		n = span(text, ' ', true);
		path_r->sent = slice_take(text, n);
		inside = path_r->sent;
		if (n > 1 && inside.p[n - 1] == '>')
			inside.n--;
	} else {
		inside = slice_drop(text, 1);
		n = span(inside, '>', false);
		if (n == inside.n) {			/* never closed: up to the blank */
			n = span(inside, ' ', true);
			path_r->sent = slice_take(text, n + 1);
		} else
			path_r->sent = slice_take(text, n + 2);
		inside = slice_take(inside, n);
	}
	path_r->rest = slice_drop(text, path_r->sent.n);
	path_r->address = drop_route(slice_trim(inside));
	return true;
}
