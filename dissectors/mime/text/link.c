#include "link.h"

#include "base/chars.h"
#include "base/limits.h"
#include "url.h"

/* Under these nothing but hosts is written: "paypal.com" is one, "report.pdf" or "Mr.Smith" is none. */
static bool
is_domain_ending(slice label)
{
	static const slice generic[] = {
		SLICE("com"), SLICE("net"), SLICE("org"), SLICE("edu"), SLICE("gov"), SLICE("mil"), SLICE("int"), SLICE("info"), SLICE("biz"),
		SLICE("bank"), SLICE("online"), SLICE("shop"), SLICE("store"), SLICE("site"), SLICE("app"), SLICE("cloud"),
		/* Countries, but for those that are a file's ending too (md, pl, ps, py, rs, sh, so …). */
		SLICE("at"), SLICE("au"), SLICE("be"), SLICE("br"), SLICE("ca"), SLICE("ch"), SLICE("cn"), SLICE("co"), SLICE("cz"), SLICE("de"),
		SLICE("dk"), SLICE("es"), SLICE("eu"), SLICE("fi"), SLICE("fr"), SLICE("gr"), SLICE("hk"), SLICE("hu"), SLICE("ie"), SLICE("il"),
		SLICE("io"), SLICE("it"), SLICE("jp"), SLICE("kr"), SLICE("lu"), SLICE("mx"), SLICE("nl"), SLICE("no"), SLICE("nz"), SLICE("pt"),
		SLICE("ro"), SLICE("ru"), SLICE("se"), SLICE("sg"), SLICE("sk"), SLICE("th"), SLICE("tr"), SLICE("tw"), SLICE("ua"), SLICE("uk"),
		SLICE("us"), SLICE("za"),
	};

	for (size_t i = 0; i < sizeof generic / sizeof *generic; i++)
		if (slice_ieq(label, generic[i]))
			return true;
	return false;
}

/* What is registered below a country's second level: "co.uk", "com.au". */
static bool
is_second_level(slice label)
{
	static const slice levels[] = {
		SLICE("ac"), SLICE("co"), SLICE("com"), SLICE("edu"), SLICE("go"), SLICE("gob"), SLICE("gov"), SLICE("gouv"), SLICE("ne"),
		SLICE("net"), SLICE("nom"), SLICE("or"), SLICE("org"),
	};

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
		if (slice_ieq(label, levels[i]))
			return true;
	return false;
}

/* What stands behind the last dot of s, and s without it. */
static slice
take_label(slice *s)
{
	size_t n = s->n;
	slice label;

	while (n > 0 && s->p[n - 1] != '.')
		n--;
	label = slice_drop(*s, n);
	s->n = n > 0 ? n - 1 : 0;
	return label;
}

static bool
is_address(slice host)
{
	size_t colon;

	return slice_find(host, ':', &colon) || (host.n > 0 && char_is_digit(host.p[host.n - 1]));
}

/* The last labels of a host, which one organisation has registered; an address whole. */
static slice
organisation(slice host)
{
	slice rest = host, top, second;

	if (is_address(host))
		return host;
	top = take_label(&rest);
	second = take_label(&rest);
	if (top.n == 2 && is_second_level(second))
		second = take_label(&rest);
	return second.n > 0 ? slice_drop(host, (size_t)(second.p - host.p)) : host;
}

static bool
is_blank(uint8_t c)
{
	return c <= ' ';
}

/* Brackets, quotes and full stops around a URL in a sentence. */
static slice
bare(slice word)
{
	while (word.n > 0 && strchr("<([{\"'", word.p[0]) != NULL && word.p[0] != '\0')
		word = slice_drop(word, 1);
	while (word.n > 0 && strchr(">)]}\"'.,:;!?", word.p[word.n - 1]) != NULL && word.p[word.n - 1] != '\0')
		word.n--;
	return word;
}

static bool
names_scheme(slice word)
{
	return slice_istarts(word, S("http://")) || slice_istarts(word, S("https://")) || slice_istarts(word, S("ftp://"));
}

/* Things whose names look like hosts. */
static bool
is_thing(slice word)
{
	return slice_ieq(word, S("asp.net")) || slice_ieq(word, S("vb.net")) || slice_ieq(word, S("ado.net"));
}

/* Letters, digits, dots and hyphens, and an ending that hosts have; a path may follow. */
static bool
is_bare_host(slice word)
{
	slice host, path, rest;

	slice_cut(word, '/', &host, &path);
	for (size_t i = 0; i < host.n; i++)
		if (!char_is_alnum(host.p[i]) && host.p[i] != '.' && host.p[i] != '-')
			return false;
	rest = host;
	return is_domain_ending(take_label(&rest)) && rest.n > 0 && !is_thing(word);
}

/* The word that is a URL or a host: any that says so itself; one that only looks like it must stand alone. */
static slice
shown_url(slice shown, bool *bare_r)
{
	bool alone = true;

	*bare_r = false;
	for (slice rest = shown; rest.n > 0; ) {
		size_t n = 0;
		slice word;

		while (n < rest.n && !is_blank(rest.p[n]))
			n++;
		word = bare(slice_take(rest, n));
		if (names_scheme(word) || slice_istarts(word, S("www."))) {
			*bare_r = !names_scheme(word);
			return word;
		}
		alone = alone && n == rest.n;
		rest = slice_drop(rest, n + 1);
	}
	*bare_r = true;
	return alone && is_bare_host(bare(shown)) ? bare(shown) : SLICE_NONE;
}

/* An address for a mailto: its domain. */
static slice
shown_domain(slice shown)
{
	slice local, domain, rest = bare(shown);

	for (size_t i = 0; i < rest.n; i++)
		if (is_blank(rest.p[i]))
			return SLICE_NONE;
	if (!slice_cut(rest, '@', &local, &domain) || local.n == 0)
		return SLICE_NONE;
	return is_bare_host(domain) ? domain : SLICE_NONE;
}

/* Which host does the text show? Appended; nothing: none. */
static void
find_shown_host(slice shown, slice url, struct buf *host)
{
	struct buf full, resolved;
	slice word;
	bool no_scheme = true;

	word = slice_ieq(url_scheme(url), S("mailto")) ? shown_domain(shown) : shown_url(shown, &no_scheme);
	if (word.n == 0)
		return;
	buf_init(&full, LIMIT_URL);
	buf_init(&resolved, LIMIT_URL);
	buf_add(&full, no_scheme ? S("http://") : SLICE_NONE);
	buf_add(&full, word);
	if (url_resolve(SLICE_NONE, buf_slice(&full), &resolved))
		url_host(buf_slice(&resolved), host);
	buf_fini(&full);
	buf_fini(&resolved);
}

static slice
without_www(slice host)
{
	return slice_istarts(host, S("www.")) ? slice_drop(host, 4) : host;
}

static bool
is_same(slice a, slice b)
{
	return slice_ieq(organisation(a), organisation(b)) || slice_ieq(without_www(a), without_www(b));
}

/* Gateways that check a click before it goes on; the link's own URL stands in theirs. */
static bool
is_gateway(slice host)
{
	static const slice gateways[] = {
		SLICE(".safelinks.protection.outlook.com"), SLICE("urldefense.com"), SLICE("linkprotect.cudasvc.com"),
		SLICE("secure-web.cisco.com"),
	};

	for (size_t i = 0; i < sizeof gateways / sizeof *gateways; i++)
		if (host.n >= gateways[i].n && slice_ieq(slice_drop(host, host.n - gateways[i].n), gateways[i]))
			return true;
	return false;
}

/* Does a host end here for certain? What may be a user's name before an "@" is none. */
static bool
ends_host(slice rest)
{
	static const slice ends[] = { SLICE("/"), SLICE("?"), SLICE("#"), SLICE("&"), SLICE("%2f"), SLICE("%3f"), SLICE("%23") };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (slice_istarts(rest, ends[i]))
			return true;
	return rest.n == 0;
}

/* The host of the first URL inside a URL, its "://" escaped or not. */
static slice
host_within(slice url)
{
	static const slice marks[] = { SLICE("http://"), SLICE("https://"), SLICE("http%3a%2f%2f"), SLICE("https%3a%2f%2f") };
	size_t n = 0;

	for (slice rest = slice_drop(url, 1); rest.n > 0; rest = slice_drop(rest, 1))
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
			slice host = slice_drop(rest, marks[i].n);

			if (!slice_istarts(rest, marks[i]))
				continue;
			while (n < host.n && (char_is_alnum(host.p[n]) || host.p[n] == '.' || host.p[n] == '-'))
				n++;
			return ends_host(slice_drop(host, n)) ? slice_take(host, n) : SLICE_NONE;
		}
	return SLICE_NONE;
}

bool
link_deceives(slice shown, slice url, slice host, struct buf *shown_host)
{
	size_t start = shown_host->n, dot;
	slice seen;

	if (host.n == 0)
		return false;
	find_shown_host(shown, url, shown_host);
	seen = slice_drop(buf_slice(shown_host), start);
	if (seen.n > 0 && slice_find(seen, '.', &dot) && !is_same(seen, host)
	    && !(is_gateway(host) && is_same(seen, host_within(url))))
		return true;
	shown_host->n = start;
	return false;
}

/* Without what a reader does not miss. */
static slice
core(slice url)
{
	slice scheme = url_scheme(url), rest = slice_drop(url, scheme.n > 0 ? scheme.n + 1 : 0);

	if (slice_starts(rest, S("//")))
		rest = slice_drop(rest, 2);
	else if (!slice_ieq(scheme, S("mailto")))
		rest = url;
	if (rest.n > 0 && rest.p[rest.n - 1] == '/')
		rest.n--;
	return rest;
}

bool
link_shows_itself(slice shown, slice url)
{
	return slice_ieq(core(slice_trim(shown)), core(url));
}
