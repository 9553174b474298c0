#include "url.h"

#include "base/chars.h"
#include "base/idn.h"
#include "base/limits.h"
#include "base/utf8.h"

/* Of these the slashes do not matter, and a host follows (the "special schemes"). */
static bool
is_special(slice scheme)
{
	static const slice special[] = { SLICE("http"), SLICE("https"), SLICE("ftp"), SLICE("ws"), SLICE("wss"), SLICE("file") };

	for (size_t i = 0; i < sizeof special / sizeof *special; i++)
		if (slice_ieq(scheme, special[i]))
			return true;
	return false;
}

/* What lies in the message itself, or nowhere. */
static bool
leads_outside(slice scheme)
{
	static const slice inside[] = { SLICE("cid"), SLICE("mid"), SLICE("data"), SLICE("about"), SLICE("blob") };

	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
		if (slice_ieq(scheme, inside[i]))
			return false;
	return true;
}

slice
url_scheme(slice url)
{
	size_t n = 0;

	if (url.n == 0 || !char_is_alpha(url.p[0]))
		return SLICE_NONE;
	while (n < url.n && (char_is_alnum(url.p[n]) || url.p[n] == '+' || url.p[n] == '-' || url.p[n] == '.'))
		n++;
	return n < url.n && url.p[n] == ':' ? slice_take(url, n) : SLICE_NONE;
}

static bool
is_slash(uint8_t c)
{
	return c == '/' || c == '\\';
}

static size_t
slashes_at(slice s)
{
	size_t n = 0;

	while (n < s.n && is_slash(s.p[n]))
		n++;
	return n;
}

static size_t
length_to(slice s, const char *stops)
{
	size_t n = 0;

	for (; n < s.n; n++)
		for (const char *stop = stops; *stop != '\0'; stop++)
			if (s.p[n] == (uint8_t)*stop)
				return n;
	return n;
}

/* Blanks at the ends, and tabs and line ends anywhere, are passed over by browsers. */
static void
squeeze(slice reference, struct buf *out)
{
	while (reference.n > 0 && reference.p[0] <= ' ')
		reference = slice_drop(reference, 1);
	while (reference.n > 0 && reference.p[reference.n - 1] <= ' ')
		reference.n--;
	while (reference.n > 0) {
		size_t n = length_to(reference, " \t\r\n");

		buf_add(out, slice_take(reference, n));
		if (n < reference.n && reference.p[n] == ' ')
			buf_text(out, "%20");
		reference = slice_drop(reference, n + 1);
	}
}

/* From the host on: a backslash before the query is a slash. */
static void
add_rest(slice rest, struct buf *out)
{
	size_t path = length_to(rest, "?#"), from = out->n;

	buf_add(out, rest);
	for (size_t i = from; i < from + path && i < out->n; i++)
		if (out->p[i] == '\\')
			out->p[i] = '/';
}

static void
add_lower(slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++)
		buf_add_byte(out, char_lower(s.p[i]));
}

static bool
add_absolute(slice scheme, slice url, struct buf *out)
{
	slice rest = slice_drop(url, scheme.n + 1);
	size_t slashes = slashes_at(rest);

	if (!leads_outside(scheme) || rest.n == 0)
		return false;
	add_lower(scheme, out);
	if (!is_special(scheme)) {
		buf_add_byte(out, ':');
		buf_add(out, rest);
		return true;
	}
	/* "file:///path" has an empty host; of the others any number of slashes is two. */
	buf_text(out, slice_ieq(scheme, S("file")) && slashes > 2 ? ":///" : "://");
	add_rest(slice_drop(rest, slashes), out);
	return true;
}

/* Where the authority of an absolute URL ends. */
static size_t
authority_end(slice url)
{
	size_t start = url_scheme(url).n + 1;

	start += slashes_at(slice_drop(url, start));
	return start + length_to(slice_drop(url, start), "/?#");
}

/* Where the last slash of the path stands, and one: what a relative path is joined to. */
static size_t
folder_end(slice url)
{
	size_t authority = authority_end(url), n = authority + length_to(slice_drop(url, authority), "?#");

	while (n > authority && url.p[n - 1] != '/')
		n--;
	return n;
}

static bool
add_relative(slice base, slice reference, struct buf *out)
{
	size_t slashes = slashes_at(reference), n;

	if (slashes >= 2) {			/* another host, the base's scheme; without a base what most clients take */
		buf_add(out, base.n > 0 ? url_scheme(base) : S("http"));
		buf_text(out, "://");
		add_rest(slice_drop(reference, slashes), out);
		return true;
	}
	if (base.n == 0)
		return false;
	if (reference.p[0] == '?')
		n = length_to(base, "?#");
	else
		n = slashes == 1 ? authority_end(base) : folder_end(base);
	buf_add(out, slice_take(base, n));
	if (slashes == 0 && reference.p[0] != '?' && (n == 0 || base.p[n - 1] != '/'))
		buf_add_byte(out, '/');
	add_rest(reference, out);
	return true;
}

bool
url_resolve(slice base, slice reference, struct buf *out)
{
	struct buf squeezed;
	slice s, scheme;
	bool leads;

	buf_init(&squeezed, LIMIT_URL);
	squeeze(reference, &squeezed);
	s = buf_slice(&squeezed);
	scheme = url_scheme(s);
	if (s.n == 0 || s.p[0] == '#')
		leads = false;
	else if (scheme.n > 0)
		leads = add_absolute(scheme, s, out);
	else
		leads = add_relative(base, s, out);
	buf_fini(&squeezed);
	return leads;
}

/* Hosts */

static void
percent_decode(slice s, struct buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		int high = s.p[i] == '%' && s.n - i > 2 ? char_hex(s.p[i + 1]) : -1;
		int low = high >= 0 ? char_hex(s.p[i + 2]) : -1;

		if (low < 0) {
			buf_add_byte(out, s.p[i]);
			continue;
		}
		buf_add_byte(out, (uint8_t)(high << 4 | low));
		i += 2;
	}
}

/* One number of an address: decimal, 0x hexadecimal or 0 octal. */
static bool
parse_number(slice s, uint64_t *value_r)
{
	unsigned base = 10;

	*value_r = 0;
	if (s.n == 0)
		return false;
	if (slice_istarts(s, S("0x"))) {
		base = 16;
		s = slice_drop(s, 2);
	} else if (s.n > 1 && s.p[0] == '0') {
		base = 8;
	}
	for (size_t i = 0; i < s.n; i++) {
		int digit = char_hex(s.p[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		*value_r = *value_r * base + (unsigned)digit;
		if (*value_r > UINT32_MAX)
			return false;
	}
	return true;
}

/* One to four numbers; the last one fills what is left: 127.1, 0x7f000001, 2130706433. */
static bool
parse_ipv4(slice host, uint32_t *address_r)
{
	uint64_t address = 0, part;

	for (unsigned parts = 1; parts <= 4; parts++) {
		slice head, tail;
		bool more = slice_cut(host, '.', &head, &tail);

		if (!parse_number(head, &part))
			return false;
		if (!more) {
			unsigned bits = 8 * (5 - parts);

			*address_r = (uint32_t)(address << bits | part);
			return part >> bits == 0;
		}
		if (part > 255)
			return false;
		address = address << 8 | part;
		host = tail;
	}
	return false;
}

static bool
is_ascii(slice s)
{
	return utf8_ascii(s) == s.n;
}

/* The full stops of other scripts part labels as well (UTS #46). */
static void
add_as_it_stands(slice host, struct buf *out)
{
	static const slice stops[] = { SLICE("\xe3\x80\x82"), SLICE("\xef\xbc\x8e"), SLICE("\xef\xbd\xa1") };

	while (host.n > 0) {
		size_t n = 0;

		for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
			if (slice_starts(host, stops[i]))
				n = stops[i].n;
		buf_add_byte(out, n > 0 ? '.' : char_lower(host.p[0]));
		host = slice_drop(host, n > 0 ? n : 1);
	}
}

static void
add_name(slice name, struct buf *out)
{
	size_t start = out->n;
	slice host;
	uint32_t ip;

	if (is_ascii(name) || !idn_to_ascii(name, out))
		add_as_it_stands(name, out);
	if (out->n > start && out->p[out->n - 1] == '.')	/* the root's dot */
		out->n--;
	host = slice_drop(buf_slice(out), start);
	if (host.n > 0 && char_is_digit(host.p[0]) && parse_ipv4(host, &ip)) {
		out->n = start;
		buf_printf(out, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
	}
}

static void
decode_name(slice encoded, struct buf *out)
{
	struct buf decoded;
	size_t n;

	if (!slice_find(encoded, '%', &n)) {
		add_name(encoded, out);
		return;
	}
	buf_init(&decoded, LIMIT_URL);
	percent_decode(encoded, &decoded);
	add_name(buf_slice(&decoded), out);
	buf_fini(&decoded);
}

/* What stands behind the last '@'. */
static slice
behind_at(slice s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '@')
			return slice_drop(s, i);
	return s;
}

static void
add_mail_domain(slice rest, struct buf *out)
{
	slice address = slice_take(rest, length_to(rest, "?,")), domain;
	struct buf decoded;

	buf_init(&decoded, LIMIT_URL);
	percent_decode(address, &decoded);
	domain = behind_at(buf_slice(&decoded));
	if (domain.n < decoded.n)
		add_name(slice_take(domain, length_to(domain, ",;> ")), out);
	buf_fini(&decoded);
}

void
url_host(slice url, struct buf *out)
{
	slice scheme = url_scheme(url), rest = slice_drop(url, scheme.n + 1), authority;

	if (slice_ieq(scheme, S("mailto"))) {
		add_mail_domain(rest, out);
		return;
	}
	if (scheme.n == 0 || !slice_starts(rest, S("//")))
		return;
	rest = slice_drop(rest, 2);
	authority = behind_at(slice_take(rest, length_to(rest, "/?#")));
	if (authority.n > 0 && authority.p[0] == '[')
		add_lower(slice_take(slice_drop(authority, 1), length_to(slice_drop(authority, 1), "]")), out);
	else
		decode_name(slice_take(authority, length_to(authority, ":")), out);
}
