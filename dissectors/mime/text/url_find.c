#include "url_find.h"

#include "base/chars.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "url.h"

/* Where a URL begins shows at the last byte of its prefix: a second slash, a colon, a dot. */
static const struct { uint8_t last; slice prefix; } prefixes[] = {
	{ '/', SLICE("http://") },
	{ '/', SLICE("https://") },
	{ '/', SLICE("ftp://") },
	{ ':', SLICE("mailto:") },
	{ '.', SLICE("www.") },
};

enum { TRIGGERS = 3 };
static const uint8_t triggers[TRIGGERS] = { '/', ':', '.' };

void
url_find_init(struct url_find *f, const struct url_find_user *user)
{
	*f = (struct url_find){ .user = *user };
	buf_init(&f->url, LIMIT_URL);
}

void
url_find_fini(struct url_find *f)
{
	buf_fini(&f->url);
}

size_t
url_find_memory(const struct url_find *f)
{
	return f->url.cap;
}

/* Where it ends */

/* Blanks, dashes' company and quotes of other scripts: no URL goes on behind them. */
static bool
is_stop_character(uint32_t c)
{
	return c == 0xa0 || c == 0xab || c == 0xbb || (c >= 0x2000 && c <= 0x206f) || (c >= 0x3000 && c <= 0x3003)
	    || (c >= 0x3008 && c <= 0x3011) || (c >= 0x3014 && c <= 0x301f) || (c >= 0xff01 && c <= 0xff0f && c != 0xff0e)
	    || (c >= 0xff1a && c <= 0xff20) || (c >= 0xff3b && c <= 0xff3d) || (c >= 0xff5b && c <= 0xff65 && c != 0xff61)
	    || c == 0xfeff || c == 0xfffd;
}

static bool
is_stop(uint8_t c)
{
	return c <= ' ' || c == '"' || c == '<' || c == '>' || c == '`' || c == 0x7f;
}

/* How much of the text goes on with a URL. */
static size_t
url_run(slice in)
{
	size_t n = 0;

	while (n < in.n && !is_stop(in.p[n])) {
		uint32_t c;
		size_t length = in.p[n] < 0x80 ? 1 : utf8_take(slice_drop(in, n), &c);

		if (in.p[n] >= 0x80 && is_stop_character(c))
			break;
		n += length;
	}
	return n;
}

/* Brackets opened less brackets closed, of each kind. */
struct balance { int round, square, curly; };

static int *
balance_of(struct balance *b, uint8_t c)
{
	switch (c) {
	case '(':
	case ')':
		return &b->round;
	case '[':
	case ']':
		return &b->square;
	case '{':
	case '}':
		return &b->curly;
	default:
		return NULL;
	}
}

static bool
is_opening(uint8_t c)
{
	return c == '(' || c == '[' || c == '{';
}

static bool
ends_sentence(uint8_t c)
{
	return strchr(".,:;!?'*|\\", c) != NULL && c != '\0';
}

/* Without what belongs to the sentence around it. */
static slice
trim(slice url)
{
	struct balance open = { 0, 0, 0 };

	for (size_t i = 0; i < url.n; i++) {
		int *count = balance_of(&open, url.p[i]);

		if (count != NULL)
			*count += is_opening(url.p[i]) ? 1 : -1;
	}
	while (url.n > 0) {
		uint8_t c = url.p[url.n - 1];
		int *count = balance_of(&open, c);

		if (count != NULL && !is_opening(c) && *count < 0)
			++*count;
		else if (count != NULL && is_opening(c))
			--*count;
		else if (count != NULL || !ends_sentence(c))
			break;
		url.n--;
	}
	return url;
}

/* "(http://a.example/b)c": the bracket or quote before it says where it ends. */
static slice
cut_at_closing(slice url, uint8_t before)
{
	uint8_t closing = before == '(' ? ')' : before == '[' ? ']' : before == '{' ? '}' : before == '\'' ? '\'' : '\0';
	int open = 0;

	for (size_t i = 0; closing != '\0' && i < url.n; i++) {
		if (url.p[i] == closing && open-- == 0)
			return slice_take(url, i);
		open += url.p[i] == before && before != closing;
	}
	return url;
}

/* "http://..." and "www.txt" are nothing that anybody opens. */
static bool
host_is_likely(slice host, bool dotted)
{
	bool letters = false, dot = false;

	for (size_t i = 0; i < host.n; i++) {
		uint8_t c = host.p[i];

		letters |= char_is_alnum(c) || c >= 0x80;
		dot |= c == '.' && i > 0;
		if (!char_is_alnum(c) && c < 0x80 && (c == '\0' || strchr("-._:", c) == NULL))
			return false;
	}
	return letters && (dot || !dotted);
}

/* False: it is not likely one. */
static bool
tell_url(struct url_find *f, slice found)
{
	struct buf full, url, host;
	bool www = slice_istarts(found, S("www.")), likely = false;

	buf_init(&full, LIMIT_URL);
	buf_init(&url, LIMIT_URL);
	buf_init(&host, LIMIT_URL);
	buf_add(&full, www ? S("http://") : SLICE_NONE);
	buf_add(&full, found);
	if (url_resolve(SLICE_NONE, buf_slice(&full), &url)) {
		slice name;

		url_host(buf_slice(&url), &host);
		name = buf_slice(&host);
		likely = host_is_likely(www ? slice_drop(name, 4) : name, www);
		if (likely)
			f->user.found(f->user.self, buf_slice(&url), name);
	}
	buf_fini(&full);
	buf_fini(&url);
	buf_fini(&host);
	return likely;
}

static bool
is_separator(uint8_t c)
{
	return c == ',' || c == ';' || c == '|' || c == '(' || c == ')';
}

static bool
begins_url(slice s)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (slice_istarts(s, prefixes[i].prefix))
			return true;
	return false;
}

/*
 * The first separator in the host (or what stands before it): any, or one with a URL behind it. Both
 * may stand in a URL, so that they end one only if there is reason to believe it. found.n: there is none.
 */
static size_t
find_separator(slice found, bool any)
{
	size_t scheme = url_scheme(found).n;

	for (size_t n = scheme > 0 ? scheme + 3 : 0; n < found.n && strchr("/?#", found.p[n]) == NULL; n++)
		if (is_separator(found.p[n]) && (any || begins_url(slice_drop(found, n + 1))))
			return n;
	return found.n;
}

/* One, or several with nothing but a separator between them. */
static void
tell(struct url_find *f, slice found)
{
	found = cut_at_closing(found, f->before);
	while (found.n > 0) {
		size_t n = find_separator(found, false);
		slice url = trim(slice_take(found, n));

		if (!tell_url(f, url))
			tell_url(f, trim(slice_take(url, find_separator(url, true))));
		found = slice_drop(found, n + 1);
	}
}

/* Where it begins */

static uint8_t
byte_before(slice s, size_t at)
{
	return at > 0 ? s.p[at - 1] : '\0';
}

/* Is s[at] the last byte of a prefix? Returns its length, or 0. What stands before must not belong to the same word. */
static size_t
prefix_length(slice s, size_t at)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		slice prefix = prefixes[i].prefix;
		uint8_t before;

		if (prefixes[i].last != s.p[at] || at + 1 < prefix.n
		    || !slice_ieq((slice){ s.p + at + 1 - prefix.n, prefix.n }, prefix))
			continue;
		before = byte_before(s, at + 1 - prefix.n);
		if (!char_is_alnum(before) && (prefix.n > 4 || strchr("@.-_/", before) == NULL || before == '\0'))
			return prefix.n;
	}
	return 0;
}

/* Text and where the next of each trigger stands in it, so that each is looked for once. s.n: there is none. */
struct scan { slice s; size_t next[TRIGGERS]; };

static void
look_for(struct scan *scan, int trigger, size_t from)
{
	size_t n;

	if (from >= scan->s.n || !slice_find(slice_drop(scan->s, from), triggers[trigger], &n))
		scan->next[trigger] = scan->s.n;
	else
		scan->next[trigger] = from + n;
}

static struct scan
scan_of(slice s, size_t from)
{
	struct scan scan = { .s = s };

	for (int i = 0; i < TRIGGERS; i++)
		look_for(&scan, i, from);
	return scan;
}

/* The first byte from `from` on behind which a URL goes on, and how long its prefix is; 0: there is none. */
static size_t
find_start(struct scan *scan, size_t from, size_t *length_r)
{
	*length_r = 0;
	for (;;) {
		int first = 0;

		for (int i = 0; i < TRIGGERS; i++) {
			if (scan->next[i] < from)
				look_for(scan, i, from);
			if (scan->next[i] < scan->next[first])
				first = i;
		}
		if (scan->next[first] == scan->s.n)
			return scan->s.n;
		from = scan->next[first] + 1;
		*length_r = prefix_length(scan->s, from - 1);
		if (*length_r > 0)
			return from;
	}
}

static void
begin(struct url_find *f, slice s, size_t end, size_t length)
{
	f->inside = true;
	f->before = byte_before(s, end - length);
	f->bracket = f->before == '<'
	    || (end >= length + 5 && slice_istarts((slice){ s.p + end - length - 5, 5 }, S("<URL:")));
	f->fold = 0;
	buf_clear(&f->url);
	buf_add(&f->url, (slice){ s.p + end - length, length });
}

/* The stream */

static void search(struct url_find *f, slice s, size_t from);

/*
 * Brackets that did not close: the URL ended with its first line, and the rest is text. No "<" can
 * stand in it, so that this is done once for each byte.
 */
static void
unfold(struct url_find *f)
{
	uint8_t copy[LIMIT_URL];
	slice rest = slice_drop(buf_slice(&f->url), f->fold);

	memcpy(copy, rest.p, rest.n);
	tell(f, slice_take(buf_slice(&f->url), f->fold));
	rest.p = copy;
	search(f, rest, 0);
	url_find_end(f);
}

static void
end(struct url_find *f, bool closed)
{
	f->inside = false;
	if (f->fold > 0 && !closed)
		unfold(f);
	else
		tell(f, buf_slice(&f->url));
	buf_clear(&f->url);
}

/* Goes on with a URL. Returns how much of it the text has; the URL has ended if there is more. */
static size_t
go_on(struct url_find *f, slice in)
{
	size_t n = 0;

	for (;;) {
		size_t run = url_run(slice_drop(in, n));

		buf_add(&f->url, slice_take(slice_drop(in, n), run));
		n += run;
		if (n == in.n)
			return n;
		if (!f->bracket || f->url.full || (in.p[n] != '\r' && in.p[n] != '\n'))
			break;
		if (f->fold == 0)
			f->fold = f->url.n;
		buf_add_byte(&f->url, in.p[n++]);	/* url_resolve() takes it out */
	}
	end(f, in.p[n] == '>' && !f->url.full);
	return n;
}

static void
search(struct url_find *f, slice s, size_t from)
{
	struct scan scan = scan_of(s, from);

	while (from < s.n) {
		if (!f->inside) {
			size_t length;

			from = find_start(&scan, from, &length);
			if (length > 0)
				begin(f, s, from, length);
		}
		if (f->inside)
			from += go_on(f, slice_drop(s, from));
	}
}

/* A prefix that began in an earlier piece. Returns where in the piece to go on. */
static size_t
search_seam(struct url_find *f, slice in, size_t from)
{
	uint8_t joined[2 * URL_FIND_BEHIND];
	slice more = slice_take(in, URL_FIND_BEHIND), s = { joined, f->nbehind + more.n };
	struct scan scan;
	size_t length, at;

	memcpy(joined, f->behind, f->nbehind);
	memcpy(joined + f->nbehind, more.p, more.n);
	scan = scan_of(s, f->nbehind + from);
	at = find_start(&scan, f->nbehind + from, &length);
	if (length == 0)
		return more.n;
	begin(f, s, at, length);
	return at - f->nbehind;
}

static void
remember(struct url_find *f, slice in)
{
	if (in.n >= URL_FIND_BEHIND) {
		f->nbehind = 0;
		in = slice_drop(in, in.n - URL_FIND_BEHIND);
	} else if (f->nbehind + in.n > URL_FIND_BEHIND) {
		size_t drop = f->nbehind + in.n - URL_FIND_BEHIND;

		memmove(f->behind, f->behind + drop, f->nbehind - drop);
		f->nbehind -= drop;
	}
	memcpy(f->behind + f->nbehind, in.p, in.n);
	f->nbehind += in.n;
}

void
url_find_feed(struct url_find *f, slice in)
{
	size_t from = 0;

	if (in.n == 0)
		return;
	if (f->inside)
		from = go_on(f, in);
	if (!f->inside && from < URL_FIND_BEHIND && f->nbehind > 0)
		from = search_seam(f, in, from);
	search(f, in, from);
	remember(f, in);
}

void
url_find_end(struct url_find *f)
{
	if (f->inside)
		end(f, false);
	f->nbehind = 0;
}

void
url_find_drop(struct url_find *f)
{
	f->inside = false;
	f->nbehind = 0;
	buf_clear(&f->url);
}
