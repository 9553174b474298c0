/*
 * pgp.c - OpenPGP in mail: PGP/MIME (RFC 3156) and PGP inside text. The armor
 * (RFC 9580 6) and its headers, and what the packets in it say in clear.
 *
 * Group 0 is about the armor, and what kind of thing is in it; each packet is
 * a group. What stands there in clear, though maybe compressed, is unpacked as
 * a file. Nothing is verified, and nothing is decrypted: "issuer" is who is
 * named as one.
 *
 * BUGS: in a part that is not text/plain armor is found if it begins in the
 * first LIMIT_SNIFF bytes. Checksums of armor, which RFC 9580 6.1 has given
 * up, are not looked at.
 */
#include "base/limits.h"
#include "dissectors/mime/encoding/cte.h"
#include "pgp_facts.h"
#include "pgp_inside.h"

enum { LINE = 1024, CHECKSUM = 5, IS_PACKET = 0x80 };

enum state {
	UNDECIDED,		/* armor or not? The first byte shows it */
	OUTSIDE,		/* in text */
	HEADERS,
	CLEAR,			/* text that is signed: to the armor of its signature */
	ARMORED,
	BINARY			/* no armor at all */
};

struct pgp {
	struct facts facts;
	enum state state;
	struct buf line;
	bool line_told;		/* its first part went to the decoder: it was too long */
	bool line_lost;		/* a gap: the rest of it says nothing */
	bool clear;		/* the armor whose headers are read is that of signed text */
	struct cte_stream cte;
	struct pgp_packets packets;
	struct pgp_inside inside;
	bool kind_told;
	unsigned group;
};

static void
on_packet(void *self, const struct pgp_packet *packet)
{
	struct pgp *p = self;
	const char *kind = pgp_facts_kind(packet->tag);

	if (!p->kind_told && kind != NULL) {
		facts_tell(&p->facts, 0, S("pgp"), slice_of(kind));
		p->kind_told = true;
	}
	if (pgp_facts_tell(&p->facts, p->group + 1, packet))
		p->group++;
}

static void
on_outer_bytes(void *self, enum pgp_tag tag, slice bytes)
{
	struct pgp *p = self;

	pgp_inside_bytes(&p->inside, tag, bytes);
}

static void
on_outer_packet(void *self, const struct pgp_packet *packet)
{
	struct pgp *p = self;

	pgp_inside_end(&p->inside, packet->tag, packet->ended);
	on_packet(p, packet);
}

static void
on_decoded(void *self, slice bytes)
{
	struct pgp *p = self;

	pgp_packets_feed(&p->packets, bytes);
}

static void
begin_packets(struct pgp *p)
{
	cte_init(&p->cte, CTE_BASE64, &(struct cte_user){ p, on_decoded });
	pgp_packets_init(&p->packets, &(struct pgp_packets_user){ p, on_outer_bytes, on_outer_packet });
	pgp_inside_init(&p->inside, p->facts.user, p, on_packet);
	p->kind_told = false;
}

static void
end_packets(struct pgp *p, bool whole)
{
	if (p->state == ARMORED)
		cte_finish(&p->cte);
	if (p->state == ARMORED || p->state == BINARY) {
		pgp_packets_finish(&p->packets, whole);
		pgp_inside_fini(&p->inside);
		p->facts.truncated |= p->inside.truncated;
	}
	p->state = OUTSIDE;
}

static slice
without_blanks(slice s)
{
	while (s.n > 0 && s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

/* "-----BEGIN PGP MESSAGE-----", and what stands between the dashes. */
static bool
is_begin(slice line, slice *title_r)
{
	static const slice begin = SLICE("-----BEGIN "), dashes = SLICE("-----");
	slice title = slice_drop(line, begin.n);

	if (!slice_starts(line, S("-----BEGIN PGP ")) || title.n < dashes.n
	    || !slice_eq(slice_drop(title, title.n - dashes.n), dashes))
		return false;
	*title_r = slice_take(title, title.n - dashes.n);
	return true;
}

static void
begin_armor(struct pgp *p, slice title)
{
	end_packets(p, false);
	facts_tell(&p->facts, 0, S("armor"), title);
	p->clear = slice_eq(title, S("PGP SIGNED MESSAGE"));
	p->state = HEADERS;
}

static void
end_headers(struct pgp *p)
{
	p->state = p->clear ? CLEAR : ARMORED;
	if (!p->clear)
		begin_packets(p);
}

static void
read_armored(struct pgp *p, slice line)
{
	if (slice_starts(line, S("-----END PGP ")))
		end_packets(p, true);
	else if (line.n != CHECKSUM || line.p[0] != '=')
		cte_feed(&p->cte, line);
}

/* RFC 9580 6.2.2: "Version: GnuPG v2". */
static void
read_armor_header(struct pgp *p, slice line)
{
	slice name, value;

	if (line.n == 0) {
		end_headers(p);
	} else if (slice_cut(line, ':', &name, &value)) {
		facts_tell(&p->facts, 0, name, value);
	} else {
		end_headers(p);			/* the empty line was lost on the way */
		if (p->state == ARMORED)
			read_armored(p, line);
	}
}

static void
read_line(struct pgp *p, slice line)
{
	slice title;

	line = without_blanks(line);
	if (is_begin(line, &title))
		begin_armor(p, title);
	else if (p->state == HEADERS)
		read_armor_header(p, line);
	else if (p->state == ARMORED)
		read_armored(p, line);
}

static void
end_line(struct pgp *p)
{
	if (p->line_told && p->state == ARMORED)
		cte_feed(&p->cte, buf_slice(&p->line));
	else if (!p->line_told && !p->line_lost)
		read_line(p, buf_slice(&p->line));
	buf_clear(&p->line);
	p->line_told = p->line_lost = false;
}

static void
add_to_line(struct pgp *p, slice part)
{
	while (part.n > 0) {
		slice fits = slice_take(part, LINE - p->line.n);

		buf_add(&p->line, fits);
		part = slice_drop(part, fits.n);
		if (p->line.n < LINE)
			return;
		if (p->state == ARMORED && !p->line_lost)
			cte_feed(&p->cte, buf_slice(&p->line));
		p->line_told = true;
		buf_clear(&p->line);
	}
}

static bool
begins_armor(slice head)
{
	for (size_t lf; ; head = slice_drop(head, lf + 1)) {
		if (slice_starts(head, S("-----BEGIN PGP ")))
			return true;
		if (!slice_find(head, '\n', &lf))
			return false;
	}
}

static bool
has_ending(slice name, slice ending)
{
	return name.n >= ending.n && slice_ieq(slice_drop(name, name.n - ending.n), ending);
}

/* Packets without armor say little of themselves; somebody must have said that they are some. */
static bool
may_be_binary(const struct content_about *about)
{
	static const slice types[] = { SLICE("application/pgp-encrypted"), SLICE("application/pgp-signature"),
		SLICE("application/pgp-keys"), SLICE("application/pgp") },
	    endings[] = { SLICE(".gpg"), SLICE(".pgp"), SLICE(".sig") };
	bool may = false;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		may |= slice_eq(about->content_type, types[i]);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		may |= has_ending(about->filename, endings[i]);
	return may;
}

static bool
takes(const struct content_about *about, slice head)
{
	bool may_hold_armor = slice_eq(about->content_type, S("text/plain")) || begins_armor(head);

	return may_hold_armor || (may_be_binary(about) && head.n > 0 && (head.p[0] & IS_PACKET) != 0);
}

static void
open_pgp(void *state, const struct opener_user *user, const struct content_about *about)
{
	struct pgp *p = state;

	p->facts.user = user;
	p->state = may_be_binary(about) ? UNDECIDED : OUTSIDE;
	buf_init(&p->line, LINE);
}

/* Text, of which only armor says something: almost all lines are passed over at a glance. */
static bool
says_nothing(const struct pgp *p, slice in)
{
	return (p->state == OUTSIDE || p->state == CLEAR) && p->line.n == 0 && !p->line_told && in.p[0] != '-';
}

static void
feed_lines(struct pgp *p, slice in)
{
	size_t lf;

	while (in.n > 0) {
		bool ends = slice_find(in, '\n', &lf);

		p->line_lost |= says_nothing(p, in);
		if (!p->line_lost)
			add_to_line(p, slice_take(in, ends ? lf : in.n));
		if (!ends)
			return;
		end_line(p);
		in = slice_drop(in, lf + 1);
	}
}

static void
decide(struct pgp *p, uint8_t first)
{
	p->state = (first & IS_PACKET) != 0 ? BINARY : OUTSIDE;
	if (p->state == BINARY)
		begin_packets(p);
}

static void
feed(void *state, slice in)
{
	struct pgp *p = state;

	if (p->state == UNDECIDED && in.n > 0)
		decide(p, in.p[0]);
	if (p->state == BINARY)
		pgp_packets_feed(&p->packets, in);
	else
		feed_lines(p, in);
}

static void
gap(void *state, uint64_t missing)
{
	struct pgp *p = state;

	(void)missing;
	p->packets.broken = true;
	if (p->state == HEADERS || p->state == UNDECIDED)
		p->state = OUTSIDE;
	buf_clear(&p->line);
	p->line_lost = true;
}

static bool
close_pgp(void *state, bool whole)
{
	struct pgp *p = state;

	if (whole && p->state != BINARY)
		end_line(p);
	end_packets(p, whole && p->state == BINARY);
	buf_fini(&p->line);
	return p->facts.truncated;
}

static size_t
memory(const void *state)
{
	const struct pgp *p = state;

	return p->line.cap + p->packets.body.cap + pgp_inside_memory(&p->inside);
}

const struct opener pgp_opener = {
	.name = "pgp", .unpacks = true,
	.state_size = sizeof(struct pgp), .takes = takes, .open = open_pgp, .feed = feed, .gap = gap,
	.close = close_pgp, .memory = memory,
};
