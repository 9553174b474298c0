/*
 * script.c - the language of talks: one statement a line, from a table.
 * tests/README.md is its manual; payload.c has the forms of bytes.
 *
 * Errors: the first one ends the reading, with file and line on stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/chars.h"
#include "base/err.h"
#include "talk.h"

struct script {
	struct talk *talk;
	const char *file;
	slice rest;			/* the lines that are still to be read */
	unsigned line;			/* number of the one being read */
	slice loop;			/* the lines behind "loop" */
	unsigned loop_line, times, count;	/* count: what \i stands for */
	struct buf bytes;
};

/* Each takes what stands behind its word, and returns NULL or what is wrong. */
typedef const char *statement(struct script *, slice args);

/* Where settings go: the session that is spoken in, or before there is one, all that will be. */
static struct session *
settings(struct script *sc)
{
	struct talk *t = sc->talk;

	session_flush(t);
	return t->nsession ? &t->session[t->now] : &t->model;
}

static slice
next_word(slice *args)
{
	slice word, text = slice_trim(*args);

	slice_cut(text, ' ', &word, args);
	*args = slice_trim(*args);
	return word;
}

static bool
word_is(slice word, const char *text)
{
	return slice_eq(word, slice_of(text));
}

static bool
read_dir(slice word, enum dir *d)
{
	*d = word_is(word, "S") ? DIR_SERVER : DIR_CLIENT;
	return word_is(word, "S") || word_is(word, "C");
}

static bool
read_number(slice word, uint64_t most, uint64_t *n)
{
	return slice_number(word, n) && *n <= most;
}

/* "7" is 7; "+7" and "-7" are so far from `due`. */
static bool
read_number_from(slice word, uint32_t due, uint32_t *n)
{
	bool plus = word.n > 0 && word.p[0] == '+', minus = word.n > 0 && word.p[0] == '-';
	uint64_t value;

	if (!read_number(slice_drop(word, plus || minus), UINT32_MAX, &value))
		return false;
	*n = plus ? due + (uint32_t)value : minus ? due - (uint32_t)value : (uint32_t)value;
	return true;
}

/* "2.4s", "20ms", "50us", "5m": a decimal fraction of a unit. */
static bool
read_span(slice word, nstime *span)
{
	static const struct { const char *name; nstime unit; } units[] = {
		{ "ms", NSTIME_MS }, { "us", 1000 }, { "ns", 1 }, { "s", NSTIME_S }, { "m", 60 * NSTIME_S }, { "h", 3600 * NSTIME_S },
	};
	nstime whole = 0, part = 0, scale = 1;
	size_t i = 0;

	for (; i < word.n && char_is_digit(word.p[i]); i++)
		whole = whole * 10 + (word.p[i] - '0');
	if (i < word.n && word.p[i] == '.')
		for (i++; i < word.n && char_is_digit(word.p[i]) && scale < NSTIME_S; i++, scale *= 10)
			part = part * 10 + (word.p[i] - '0');
	for (size_t k = 0; i > 0 && k < sizeof units / sizeof units[0]; k++)
		if (word_is(slice_drop(word, i), units[k].name)) {
			*span = whole * units[k].unit + part * units[k].unit / scale;
			return true;
		}
	return false;
}

static bool
read_endpoint(slice word, struct endpoint *at)
{
	size_t close = word.n, colon;
	slice addr = word;
	uint64_t port;

	while (close > 0 && word.p[close - 1] != ']')
		close--;
	if (word.n > 0 && word.p[0] == '[' && close > 0) {
		addr = slice_take(slice_drop(word, 1), close - 2);
		word = slice_drop(word, close);
	} else if (slice_find(word, ':', &colon)) {
		addr = slice_take(word, colon);
		word = slice_drop(word, colon);
	} else {
		word = SLICE_NONE;
	}
	if (word.n > 0) {
		if (word.p[0] != ':' || !read_number(slice_drop(word, 1), UINT16_MAX, &port))
			return false;
		at->port = (uint16_t)port;
	}
	return addr_parse(addr, &at->addr);
}

static bool
read_flags(slice args, uint8_t *flags)
{
	static const struct { const char *name; uint8_t flag; } names[] = {
		{ "syn", TCP_SYN }, { "ack", TCP_ACK }, { "fin", TCP_FIN | TCP_ACK }, { "rst", TCP_RST },
	};

	*flags = 0;
	while (args.n > 0) {
		slice word = next_word(&args);
		size_t i = 0;

		while (i < 4 && !word_is(word, names[i].name))
			i++;
		if (i == 4)
			return false;
		*flags |= names[i].flag;
	}
	return *flags != 0;
}

/* Only where no text stands: what is behind a '#' that follows a blank. */
static slice
without_comment(slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '#' && (i == 0 || char_is_blank(s.p[i - 1])))
			return slice_trim(slice_take(s, i));
	return slice_trim(s);
}

static bool
next_line(struct script *sc, slice *line)
{
	if (sc->rest.n == 0)
		return false;
	slice_cut(sc->rest, '\n', line, &sc->rest);
	sc->line++;
	return true;
}

/* The lines up to "}", each with its CRLF. */
static const char *
read_block(struct script *sc)
{
	const char *wrong = NULL;
	slice line;

	while (wrong == NULL) {
		if (!next_line(sc, &line))
			return "the block is not closed by }";
		if (word_is(line, "}"))
			return NULL;
		wrong = payload_text(line, sc->count, &sc->bytes);
		buf_add(&sc->bytes, S("\r\n"));
	}
	return wrong;
}

static const char *
read_bytes_of(struct script *sc, slice form)
{
	buf_clear(&sc->bytes);
	if (form.n > 0 && (form.p[0] == ':' || form.p[0] == '|' || slice_starts(form, S("repeat"))))
		return payload_read(form, sc->file, sc->count, &sc->bytes);
	form = without_comment(form);
	return word_is(form, "{") ? read_block(sc) : payload_read(form, sc->file, sc->count, &sc->bytes);
}

static bool
read_letters(slice word, uint8_t *flags)
{
	static const char letters[] = "FSRPAU";	/* in the order of their bits */

	*flags = 0;
	for (size_t i = 0; i < word.n; i++) {
		const char *at = memchr(letters, word.p[i], sizeof letters - 1);

		if (at == NULL)
			return false;
		*flags |= (uint8_t)(1u << (at - letters));
	}
	return true;
}

/* The next word, without the ':' or '|' of the text behind it: "flags PA: text". */
static slice
next_option(slice *args)
{
	const uint8_t *end = args->p + args->n;
	slice word = next_word(args);

	if (word.n > 1 && memchr(":|", word.p[word.n - 1], 2) != NULL) {
		word.n--;
		*args = (slice){ word.p + word.n, (size_t)(end - word.p) - word.n };
	}
	return word;
}

static bool
read_raw_option(struct packet *p, slice word, slice *args)
{
	uint32_t n = p->tsval;
	slice value;

	if (word_is(word, "corrupt"))
		return p->corrupt = true;
	if (word_is(word, "taken"))
		return p->taken = true;
	value = next_option(args);
	if (word_is(word, "flags"))
		return read_letters(value, &p->flags);
	if (word_is(word, "seq"))
		return read_number_from(value, p->seq, &p->seq);
	if (word_is(word, "ack"))
		return read_number_from(value, p->ack, &p->ack);
	if (!read_number_from(value, p->tsval, &n))
		return false;
	if (word_is(word, "window"))
		p->window = (uint16_t)n;
	else if (word_is(word, "urgent"))
		p->urgent = (uint16_t)n;
	else if (word_is(word, "ttl"))
		p->ttl = (uint8_t)n;
	else if (word_is(word, "tsval"))
		p->tsval = n;
	else
		return false;
	return true;
}

static bool
is_bytes(slice form)
{
	static const char *const words[] = { "hex", "base64", "file", "repeat", "{" };
	slice word = form;

	slice_cut(form, ' ', &word, &form);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (word_is(word, words[i]))
			return true;
	return word.n > 0 && (word.p[0] == ':' || word.p[0] == '|');
}

/* A segment by hand: seq and ack count from the first byte behind the SYN, or with a sign from what is due. */
static const char *
do_raw(struct script *sc, enum dir d, slice args)
{
	struct talk *t = sc->talk;
	const struct session *s;
	struct packet p = { .dir = d, .flags = TCP_ACK };
	const char *wrong;

	session_now(t);
	session_flush(t);
	s = session_now(t);
	p.seq = s->side[d].next;
	p.ack = s->side[dir_other(d)].next;
	p.window = s->side[d].window;
	p.ttl = s->side[d].ttl;
	p.tsval = (uint32_t)(t->clock / NSTIME_MS) + s->side[d].isn;
	p.tsecr = s->side[dir_other(d)].isn;
	while (args.n > 0 && !is_bytes(args)) {
		slice word = next_option(&args);

		if (word.p[0] == '#')
			args = SLICE_NONE;
		else if (!read_raw_option(&p, word, &args))
			return "raw takes seq ack window urgent ttl tsval N, flags FSRPAU, corrupt, taken, and bytes";
	}
	buf_clear(&sc->bytes);
	if (args.n > 0 && (wrong = read_bytes_of(sc, args)) != NULL)
		return wrong;
	p.payload = buf_slice(&sc->bytes);
	session_raw(t, &p);
	return NULL;
}

/* icmp TYPE CODE [MTU]: about the last packet of that side. */
static const char *
do_icmp(struct script *sc, enum dir d, slice args)
{
	uint64_t type, code, mtu = 0;

	args = without_comment(args);
	if (!read_number(next_word(&args), 255, &type) || !read_number(next_word(&args), 255, &code))
		return "it reads: C icmp TYPE CODE [MTU]";
	if (args.n > 0 && !read_number(args, UINT16_MAX, &mtu))
		return "it reads: C icmp TYPE CODE [MTU]";
	return session_icmp(sc->talk, d, (uint8_t)type, (uint8_t)code, (uint16_t)mtu);
}

/* What stands behind C or S: bytes, flags, raw, icmp. */
static const char *
do_side(struct script *sc, enum dir d, slice form)
{
	slice trimmed = slice_trim(form), word, args;
	uint8_t flags;
	const char *wrong;

	slice_cut(trimmed, ' ', &word, &args);
	if (word_is(word, "raw"))
		return do_raw(sc, d, args);
	if (word_is(word, "icmp"))
		return do_icmp(sc, d, args);
	if (read_flags(without_comment(trimmed), &flags)) {
		session_flags(sc->talk, d, flags);
		return NULL;
	}
	if (!is_bytes(trimmed))
		return "behind C or S stands what they send: bytes, flags, raw or icmp";
	wrong = read_bytes_of(sc, form.p[0] == ' ' ? slice_drop(form, 1) : form);
	if (wrong == NULL)
		session_say(sc->talk, d, buf_slice(&sc->bytes));
	return wrong;
}

/* Connections. */

/* A wait before it is waited before the connection, not before its first words. */
static const char *
do_session(struct script *sc, slice args)
{
	struct talk *t = sc->talk;

	if (args.n == 0)
		return "a session has a name";
	session_begin(t, args);
	if (t->wait != NSTIME_NONE) {
		t->clock += t->wait;
		t->wait = NSTIME_NONE;
		t->paused = true;
	}
	return NULL;
}

static const char *
set_end(struct script *sc, enum dir d, slice args)
{
	static const struct addr four[2] = { { 4, { 192, 0, 2, 10 } }, { 4, { 198, 51, 100, 5 } } };
	static const struct addr six[2] = {
		{ 6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 0x10 } }, { 6, { 0x20, 0x01, 0x0d, 0xb8, [7] = 1, [15] = 5 } },
	};
	struct session *s = settings(sc);
	struct addr *peer = &s->side[dir_other(d)].at.addr;

	if (s->open)
		return "the session has begun";
	if (!read_endpoint(args, &s->side[d].at))
		return "it reads ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT";
	if (peer->family != s->side[d].at.addr.family)
		*peer = (peer->family == 4 ? six : four)[dir_other(d)];
	return NULL;
}

static const char *
do_client(struct script *sc, slice args)
{
	return set_end(sc, DIR_CLIENT, args);
}

static const char *
do_server(struct script *sc, slice args)
{
	return set_end(sc, DIR_SERVER, args);
}

static const char *
do_port(struct script *sc, slice args)
{
	uint64_t port;

	if (!read_number(args, UINT16_MAX, &port))
		return "a port is a number";
	settings(sc)->side[DIR_SERVER].at.port = (uint16_t)port;
	return NULL;
}

/* Settings of one side: "isn C 4294967000". */
static const char *
set_side(struct script *sc, slice args, uint64_t most, struct side **side_r, uint64_t *value_r)
{
	enum dir d;

	if (!read_dir(next_word(&args), &d) || !read_number(args, most, value_r))
		return "it reads: C or S, and a number";
	*side_r = &settings(sc)->side[d];
	return NULL;
}

static const char *
do_isn(struct script *sc, slice args)
{
	struct side *side;
	uint64_t n;
	const char *wrong = set_side(sc, args, UINT32_MAX, &side, &n);

	if (wrong == NULL)
		side->isn = (uint32_t)n;
	return wrong;
}

static const char *
do_window(struct script *sc, slice args)
{
	struct side *side;
	uint64_t n;
	const char *wrong = set_side(sc, args, UINT16_MAX, &side, &n);

	if (wrong == NULL)
		side->window = (uint16_t)n;
	return wrong;
}

static const char *
do_ttl(struct script *sc, slice args)
{
	struct side *side;
	uint64_t n;
	const char *wrong = set_side(sc, args, UINT8_MAX, &side, &n);

	if (wrong == NULL)
		side->ttl = (uint8_t)n;
	return wrong;
}

static const char *
do_wscale(struct script *sc, slice args)
{
	struct side *side;
	uint64_t n;
	const char *wrong = set_side(sc, args, 14, &side, &n);

	if (wrong == NULL)
		side->wscale = (uint8_t)n;
	return wrong;
}

static const char *
do_offload(struct script *sc, slice args)
{
	enum dir d;

	if (!read_dir(args, &d))
		return "it reads: offload C or S";
	settings(sc)->side[d].offload = true;
	return NULL;
}

static const char *
do_mss(struct script *sc, slice args)
{
	uint64_t n;

	if (!read_number(args, 65000, &n) || n == 0)
		return "the MSS is a number";
	settings(sc)->mss = (uint16_t)n;
	return NULL;
}

static const char *
do_rtt(struct script *sc, slice args)
{
	return read_span(args, &settings(sc)->rtt) ? NULL : "it reads: rtt 0.4ms";
}

static const char *
do_timestamps(struct script *sc, slice args)
{
	settings(sc)->timestamps = true;
	return args.n ? "it takes nothing" : NULL;
}

static const char *
do_pad(struct script *sc, slice args)
{
	settings(sc)->pad = true;
	return args.n ? "it takes nothing" : NULL;
}

static const char *
do_no(struct script *sc, slice args)
{
	struct session *s = settings(sc);

	if (word_is(args, "syn"))
		s->no_syn = true;
	else if (word_is(args, "fin"))
		s->no_fin = true;
	else if (word_is(args, "acks"))
		s->no_acks = true;
	else
		return "it reads: no syn, no fin or no acks";
	return NULL;
}

static const char *
do_one_sided(struct script *sc, slice args)
{
	struct session *s = settings(sc);

	s->one_sided = true;
	return read_dir(args, &s->captured) ? NULL : "it reads: one-sided C or S";
}

static const char *
do_vlan(struct script *sc, slice args)
{
	struct session *s = settings(sc);
	uint64_t id;

	for (s->nvlan = 0; args.n > 0; s->vlan[s->nvlan++] = (uint16_t)id)
		if (s->nvlan == SESSION_VLANS || !read_number(next_word(&args), 4095, &id))
			return "it reads: vlan ID [ID ...], the outer first";
	return NULL;
}

static const char *
do_link(struct script *sc, slice args)
{
	static const struct { const char *name; enum link link; } links[] = {
		{ "ethernet", LINK_ETHERNET }, { "raw", LINK_RAW }, { "null", LINK_NULL }, { "loop", LINK_LOOP },
		{ "ppp", LINK_PPP }, { "sll", LINK_SLL }, { "sll2", LINK_SLL2 },
	};

	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (word_is(args, links[i].name)) {
			settings(sc)->link = links[i].link;
			return NULL;
		}
	return "links are ethernet raw null loop ppp sll sll2";
}

static const char *
do_tunnel(struct script *sc, slice args)
{
	static const char *const names[] = { [TUNNEL_IPIP] = "ipip", [TUNNEL_GRE] = "gre", [TUNNEL_VXLAN] = "vxlan" };
	struct session *s = settings(sc);

	for (s->ntunnel = 0; args.n > 0; s->ntunnel++) {
		slice word = next_word(&args);
		unsigned k = 0;

		while (k < 3 && !word_is(word, names[k]))
			k++;
		if (k == 3 || s->ntunnel == SESSION_TUNNELS)
			return "it reads: tunnel of ipip, gre, vxlan, the outermost first";
		s->tunnel[s->ntunnel] = (enum tunnel)k;
	}
	return NULL;
}

/* Time, and the ends of segments and sessions. */

static const char *
do_wait(struct script *sc, slice args)
{
	struct talk *t = sc->talk;
	nstime span;

	if (!read_span(args, &span))
		return "it reads: wait 2.4s (ns us ms s m h)";
	session_flush(t);
	t->wait = t->wait == NSTIME_NONE ? span : t->wait + span;
	return NULL;
}

/* "2026-11-21T18:29:01.5Z", or the time of the same day alone. */
static const char *
do_at(struct script *sc, slice args)
{
	struct talk *t = sc->talk;
	struct civil day = nstime_civil(t->clock);
	int year, month, date, hour, minute, n = 0;
	char text[64] = "";
	const char *clock = text;
	double second;
	nstime before = t->clock;

	memcpy(text, args.p, args.n < sizeof text ? args.n : sizeof text - 1);
	if (sscanf(text, "%4d-%2d-%2dT%n", &year, &month, &date, &n) == 3 && n > 0) {
		day = (struct civil){ .year = year, .month = month, .day = date };
		clock += n;
	}
	if (sscanf(clock, "%2d:%2d:%lf", &hour, &minute, &second) != 3)
		return "it reads: at 18:29:01.5, or with the date, 2026-11-21T18:29:01.5Z";
	session_flush(t);
	day.hour = hour;
	day.minute = minute;
	day.second = 0;
	t->clock = nstime_from_civil(day) + (nstime)(second * 1e6 + 0.5) * 1000;
	t->era += t->npacket > 0 && t->clock < before;
	t->paused = true;
	t->wait = NSTIME_NONE;
	return NULL;
}

static const char *
do_push(struct script *sc, slice args)
{
	session_flush(sc->talk);
	return args.n ? "it takes nothing" : NULL;
}

static const char *
do_cross(struct script *sc, slice args)
{
	session_flush(sc->talk);
	session_now(sc->talk)->cross = true;
	return args.n ? "it takes nothing" : NULL;
}

static const char *
do_end(struct script *sc, slice args)
{
	session_end(sc->talk, session_now(sc->talk));
	return args.n ? "it takes nothing" : NULL;
}

/* What went wrong: "lose C 2", "lose C 2-5", "lose C syn", "lose all 40-300". */
static bool
read_range(slice *args, struct range *r)
{
	slice word, from, to;
	uint64_t first, last;

	*r = (struct range){ 0 };
	word = next_word(args);
	r->all = word_is(word, "all");
	if (!r->all && !read_dir(word, &r->dir))
		return false;
	word = next_word(args);
	if (!r->all && read_flags(word, &r->flag)) {
		r->flag = r->flag & TCP_FIN ? TCP_FIN : r->flag;
		return true;
	}
	if (!slice_cut(word, '-', &from, &to))
		to = from;
	if (!read_number(from, UINT32_MAX, &first) || !read_number(to, UINT32_MAX, &last))
		return false;
	r->first = (unsigned)first;
	r->last = (unsigned)last;
	return true;
}

static const char *
touched(size_t n)
{
	return n > 0 ? NULL : "there is no such segment so far";
}

static const char *
do_lose(struct script *sc, slice args)
{
	struct range r;

	return read_range(&args, &r) && args.n == 0 ? touched(edit_lose(sc->talk, r)) : "it reads: lose C N, N-M, syn, ack or fin";
}

static const char *
do_corrupt(struct script *sc, slice args)
{
	struct range r;
	bool ip;

	if (!read_range(&args, &r) || !((ip = word_is(args, "ip")) || args.n == 0))
		return "it reads: corrupt C N [ip]";
	return touched(edit_corrupt(sc->talk, r, ip));
}

static const char *
do_late(struct script *sc, slice args)
{
	struct range r;
	nstime by;

	if (!read_range(&args, &r) || !read_span(args, &by))
		return "it reads: late C N 5ms";
	return touched(edit_late(sc->talk, r, by));
}

static const char *
do_repeat(struct script *sc, slice args)
{
	struct range r;
	nstime after;

	if (!read_range(&args, &r) || !word_is(next_word(&args), "after") || !read_span(args, &after))
		return "it reads: repeat C N after 200ms";
	return touched(edit_repeat(sc->talk, r, after));
}

/* fragment C 2 0+24 24+1000: pieces by offset and length; behind them '+' says that more follow, '!' that the bytes are others. */
static bool
read_piece(slice word, struct piece *piece)
{
	slice offset, length;
	uint64_t from, n;

	*piece = (struct piece){ 0 };
	for (; word.n > 0 && !char_is_digit(word.p[word.n - 1]); word.n--)
		if (word.p[word.n - 1] == '!')
			piece->other = true;
		else if (word.p[word.n - 1] == '+')
			piece->more = true;
		else
			return false;
	if (!slice_cut(word, '+', &offset, &length) || !read_number(offset, 65528, &from) || !read_number(length, 65535, &n))
		return false;
	piece->offset = (uint32_t)from;
	piece->length = (uint32_t)n;
	return true;
}

static const char *
do_fragment(struct script *sc, slice args)
{
	struct piece piece[PIECES];
	struct range r;
	unsigned n;

	if (!read_range(&args, &r))
		return "it reads: fragment C N OFFSET+LENGTH[+][!] ...";
	for (n = 0; args.n > 0; n++)
		if (n == PIECES || !read_piece(next_word(&args), &piece[n]))
			return "it reads: fragment C N OFFSET+LENGTH[+][!] ...";
	return touched(edit_fragment(sc->talk, r, piece, n));
}

/* The capture file. */

static const char *
do_frame(struct script *sc, slice args)
{
	const char *wrong = read_bytes_of(sc, args);

	if (wrong == NULL)
		session_frame(sc->talk, buf_slice(&sc->bytes));
	return wrong;
}

static const char *
do_snaplen(struct script *sc, slice args)
{
	uint64_t n;

	if (!read_number(args, UINT32_MAX, &n))
		return "it reads: snaplen N";
	sc->talk->snaplen = (uint32_t)n;
	return NULL;
}

static const char *
do_dropped(struct script *sc, slice args)
{
	uint64_t n;

	if (!read_number(args, UINT32_MAX, &n))
		return "it reads: dropped N";
	session_flush(sc->talk);
	sc->talk->dropped += n;
	sc->talk->pcapng = true;
	return NULL;
}

static const char *
do_nanoseconds(struct script *sc, slice args)
{
	sc->talk->nanoseconds = true;
	return args.n ? "it takes nothing" : NULL;
}

static const char *
do_pcapng(struct script *sc, slice args)
{
	sc->talk->pcapng = true;
	return args.n ? "it takes nothing" : NULL;
}

static const char *
do_keylog(struct script *sc, slice args)
{
	buf_add(&sc->talk->keylog, args);
	buf_add_byte(&sc->talk->keylog, '\n');
	return NULL;
}

static const char *
do_gzip(struct script *sc, slice args)
{
	sc->talk->gzip = true;
	return args.n ? "it takes nothing" : NULL;
}

static const char *
do_chop(struct script *sc, slice args)
{
	uint64_t n;

	if (!read_number(args, UINT32_MAX, &n))
		return "it reads: chop N, bytes off the end of the file";
	sc->talk->chop = (size_t)n;
	return NULL;
}

static const char *
do_patch(struct script *sc, slice args)
{
	struct patch patch = { 0 };
	const char *wrong;

	if (!read_number(next_word(&args), UINT32_MAX, &patch.offset))
		return "it reads: patch OFFSET bytes";
	if ((wrong = read_bytes_of(sc, args)) != NULL)
		return wrong;
	patch.n = sc->bytes.n;
	if (patch.n > sizeof patch.byte)
		return "a patch has 64 bytes at most";
	memcpy(patch.byte, sc->bytes.p, patch.n);
	buf_add(&sc->talk->patch, (slice){ (uint8_t *)&patch, sizeof patch });
	return NULL;
}

/* loop N … done: the lines between, N times; \i counts. Loops do not nest. */
static const char *
do_loop(struct script *sc, slice args)
{
	uint64_t times;

	if (sc->times > 0 || !read_number(args, 1000000, &times) || times == 0)
		return "it reads: loop N, and loops do not nest";
	sc->times = (unsigned)times;
	sc->count = 1;
	sc->loop = sc->rest;
	sc->loop_line = sc->line;
	return NULL;
}

static const char *
do_done(struct script *sc, slice args)
{
	if (sc->times == 0 || args.n > 0)
		return "done ends a loop";
	session_flush(sc->talk);
	if (sc->count++ < sc->times) {
		sc->rest = sc->loop;
		sc->line = sc->loop_line;
	} else {
		sc->times = 0;
	}
	return NULL;
}

/* For the test runner: arguments of the program, properties that the talk is excepted from, what is not right yet. */
static const char *
do_nothing(struct script *sc, slice args)
{
	(void)sc;
	return args.n ? NULL : "it says what, and why";
}

static const struct { const char *word; statement *run; } statements[] = {
	{ "at", do_at },
	{ "chop", do_chop },
	{ "client", do_client },
	{ "corrupt", do_corrupt },
	{ "cross", do_cross },
	{ "done", do_done },
	{ "dropped", do_dropped },
	{ "end", do_end },
	{ "except", do_nothing },
	{ "fragment", do_fragment },
	{ "frame", do_frame },
	{ "gzip", do_gzip },
	{ "isn", do_isn },
	{ "keylog", do_keylog },
	{ "late", do_late },
	{ "link", do_link },
	{ "loop", do_loop },
	{ "lose", do_lose },
	{ "mss", do_mss },
	{ "nanoseconds", do_nanoseconds },
	{ "no", do_no },
	{ "offload", do_offload },
	{ "one-sided", do_one_sided },
	{ "pad", do_pad },
	{ "patch", do_patch },
	{ "pending", do_nothing },
	{ "pcapng", do_pcapng },
	{ "port", do_port },
	{ "push", do_push },
	{ "repeat", do_repeat },
	{ "rtt", do_rtt },
	{ "run", do_nothing },
	{ "server", do_server },
	{ "session", do_session },
	{ "snaplen", do_snaplen },
	{ "timestamps", do_timestamps },
	{ "ttl", do_ttl },
	{ "tunnel", do_tunnel },
	{ "vlan", do_vlan },
	{ "wait", do_wait },
	{ "window", do_window },
	{ "wscale", do_wscale },
};

static const char *
read_statement(struct script *sc, slice line)
{
	slice word, args;

	if (line.n == 0 || line.p[0] == '#')
		return NULL;
	if ((line.p[0] == 'C' || line.p[0] == 'S') && line.n > 1 && memchr(":| ", line.p[1], 3) != NULL)
		return do_side(sc, line.p[0] == 'S' ? DIR_SERVER : DIR_CLIENT, slice_drop(line, 1));
	line = without_comment(line);
	args = line;
	word = next_word(&args);
	for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
		if (word_is(word, statements[i].word))
			return statements[i].run(sc, args);
	return word.n ? "no such statement" : NULL;
}

bool
script_read(struct talk *t, const char *file, slice text)
{
	struct script sc = { .talk = t, .file = file, .rest = text };
	const char *wrong = NULL;
	slice line;

	buf_init(&sc.bytes, SIZE_MAX / 2);
	while (wrong == NULL && next_line(&sc, &line))
		wrong = read_statement(&sc, line);
	if (wrong == NULL && sc.times > 0)
		wrong = "the loop is not closed by done";
	buf_fini(&sc.bytes);
	if (wrong != NULL) {
		fprintf(stderr, "%s:%u: %s\n", file, sc.line, wrong);
		return false;
	}
	for (size_t i = 0; i < t->nsession; i++)
		session_end(t, &t->session[i]);
	edit_finish(t);
	return true;
}
