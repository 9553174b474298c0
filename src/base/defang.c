#include "defang.h"

#include "chars.h"

static const struct { slice plain, safe; } schemes[] = {
	{ SLICE("http"), SLICE("hxxp") },
	{ SLICE("https"), SLICE("hxxps") },
	{ SLICE("ftp"), SLICE("fxp") },
};

/* Where the host (and what stands before it) ends. */
static size_t
authority_length(slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] > ' ' && s.p[n] != '/' && s.p[n] != '?' && s.p[n] != '#' && s.p[n] != '\\' && s.p[n] != '"'
	    && s.p[n] != '<' && s.p[n] != '>' && s.p[n] != ')' && s.p[n] != ',')
		n++;
	return n;
}

/* A dot that ends the sentence is none of the host's. */
static void
add_host(struct buf *out, slice host)
{
	for (size_t i = 0; i < host.n; i++) {
		if (host.p[i] == '.' && i + 1 < host.n)
			buf_text(out, "[.]");
		else if (host.p[i] == '@')
			buf_text(out, "[@]");
		else
			buf_add_byte(out, host.p[i]);
	}
}

static void
add_scheme(struct buf *out, slice scheme)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		if (slice_ieq(scheme, schemes[i].plain)) {
			buf_add(out, schemes[i].safe);
			return;
		}
	}
	buf_add(out, scheme);
}

/* "scheme://host" or "mailto:user@host" at the front. Returns its length up to the end of the host. */
static size_t
add_front(struct buf *out, slice url, size_t scheme_n)
{
	slice rest = slice_drop(url, scheme_n);
	size_t marks = 0, host_n;

	while (marks < rest.n && (rest.p[marks] == ':' || rest.p[marks] == '/'))
		marks++;
	host_n = authority_length(slice_drop(rest, marks));
	add_scheme(out, slice_take(url, scheme_n));
	buf_add(out, slice_take(rest, marks));
	add_host(out, slice_take(slice_drop(rest, marks), host_n));
	return scheme_n + marks + host_n;
}

static bool
is_scheme(uint8_t c)
{
	return char_is_alnum(c) || c == '+' || c == '-' || c == '.';
}

void
defang_url(struct buf *out, slice url)
{
	size_t n = 0;

	while (n < url.n && is_scheme(url.p[n]))
		n++;
	if (n == url.n || url.p[n] != ':')
		n = 0;
	buf_add(out, slice_drop(url, add_front(out, url, n)));
}

/* Does a URL begin here? Returns the length of its scheme, or 0; "www." has none, and *www_r. */
static size_t
begins(slice s, bool *www_r)
{
	*www_r = slice_istarts(s, S("www."));
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		slice plain = schemes[i].plain;

		if (slice_istarts(s, plain) && slice_starts(slice_drop(s, plain.n), S("://")))
			return plain.n;
	}
	return slice_istarts(s, S("mailto:")) ? 6 : 0;
}

void
defang_text(struct buf *out, slice text)
{
	size_t from = 0, i = 0;

	while (i < text.n) {
		bool word = i > 0 && char_is_alnum(text.p[i - 1]), www = false;
		size_t n = word ? 0 : begins(slice_drop(text, i), &www);

		if (n == 0 && !www) {
			i++;
			continue;
		}
		buf_add(out, slice_take(slice_drop(text, from), i - from));
		i += add_front(out, slice_drop(text, i), n);
		from = i;
	}
	buf_add(out, slice_drop(text, from));
}

void
defang_hosts(struct buf *out, slice hosts)
{
	size_t at;

	while (slice_find(hosts, '.', &at)) {
		buf_add(out, slice_take(hosts, at));
		buf_add(out, S("[.]"));
		hosts = slice_drop(hosts, at + 1);
	}
	buf_add(out, hosts);
}
