/*
 * ports.c - does the filter made from the mail ports let through what it must?
 *
 *	ports CAPTURE...
 *
 * Two decoders read each capture: one sees all frames, one those that the
 * filter lets through. Every segment, and ICMP error, of a mail port that the
 * first makes of them the second must make, too: fragments and all. Again with
 * the frames put behind VLAN tags, MPLS labels, PPPoE, in tunnels, in pieces,
 * and as the link types look that an interface may have. Then the other way
 * round: with a port that nobody uses the filter must let nothing through but
 * fragments, and what it does not look into.
 *
 * Prints what differs, and last how much was compared; exit 1 if anything did.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/read.h"
#include "capture/file.h"
#include "capture/live/filter.h"
#include "decode/decode.h"

enum { ETHERNET = 1, RAW = 101, SLL = 113, SLL2 = 276, MOST = 512 * 1024, PIECES = 4 };

static const uint16_t mail_ports[] = { 24, 25, 465, 587, 1025, 2525, 2526, 10024, 10025, 10026 }, nobodys_port[] = { 1 };

static unsigned long frames, let_through, segments, wrong;

/* --- frames of another look --- */

struct made {				/* one frame becomes one, or its pieces */
	uint8_t bytes[MOST];
	size_t n[PIECES + 1];		/* they stand one behind the other */
	unsigned pieces;
	int linktype;
};

static void
put(struct made *m, const void *bytes, size_t n)
{
	size_t at = 0;

	for (unsigned i = 0; i <= m->pieces; i++)
		at += m->n[i];
	if (n > 0 && at + n <= MOST) {
		memcpy(m->bytes + at, bytes, n);
		m->n[m->pieces] += n;
	}
}

static bool
is_ip(const struct frame *f)
{
	return f->linktype == ETHERNET && f->bytes.n > 14 + 40 && f->bytes.n == f->wire
	    && (get_be16(f->bytes.p + 12) == 0x0800 || get_be16(f->bytes.p + 12) == 0x86dd);
}

/* The addresses, then what is between them and the type, then all from the type on. */
static bool
insert(const struct frame *f, struct made *m, const char *bytes, size_t n)
{
	if (f->linktype != ETHERNET || f->bytes.n < 14)
		return false;
	put(m, f->bytes.p, 12);
	put(m, bytes, n);
	put(m, f->bytes.p + 12, f->bytes.n - 12);
	return true;
}

/* The same without the type: IP stands behind something else. */
static bool
replace(const struct frame *f, struct made *m, const char *bytes, size_t n, bool ethernet)
{
	if (!is_ip(f))
		return false;
	if (ethernet)
		put(m, f->bytes.p, 12);
	put(m, bytes, n);
	put(m, f->bytes.p + 14, f->bytes.n - 14);
	return true;
}

static bool as_is(const struct frame *f, struct made *m) { m->linktype = f->linktype; put(m, f->bytes.p, f->bytes.n); return true; }
static bool vlan(const struct frame *f, struct made *m) { return insert(f, m, "\x81\x00\x00\x05", 4); }
static bool qinq(const struct frame *f, struct made *m) { return insert(f, m, "\x88\xa8\x00\x07\x81\x00\x00\x05", 8); }
static bool tags(const struct frame *f, struct made *m) { return insert(f, m, "\x91\x00\x00\x07\x81\x00\x00\x05\x81\x00\x00\x06\x81\x00\x00\x08", 16); }
static bool mpls(const struct frame *f, struct made *m) { return replace(f, m, "\x88\x47\x00\x01\x01\x40", 6, true); }
static bool labels(const struct frame *f, struct made *m) { return replace(f, m, "\x88\x48\0\1\0\x40\0\1\0\x40\0\1\1\x40", 14, true); }

static bool
pseudowire(const struct frame *f, struct made *m)
{
	put(m, f->bytes.p, f->bytes.n < 12 ? f->bytes.n : 12);
	put(m, "\x88\x47\0\1\1\x40\0\0\0\0", 10);
	put(m, f->bytes.p, f->bytes.n);
	return f->linktype == ETHERNET;
}

static bool
in_ppp(const struct frame *f, struct made *m, const char *lead, size_t n)
{
	size_t length = f->bytes.n - 14 + 2;
	uint8_t pppoe[] = { 0x88, 0x64, 0x11, 0x00, 0, 1, (uint8_t)(length >> 8), (uint8_t)length, 0, 0x21 };

	if (!is_ip(f) || length > UINT16_MAX)
		return false;
	pppoe[9] = get_be16(f->bytes.p + 12) == 0x0800 ? 0x21 : 0x57;
	put(m, f->bytes.p, 12);
	put(m, lead, n);
	put(m, pppoe, sizeof pppoe);
	put(m, f->bytes.p + 14, f->bytes.n - 14);
	return true;
}

static bool pppoe(const struct frame *f, struct made *m) { return in_ppp(f, m, "", 0); }
static bool vlan_pppoe(const struct frame *f, struct made *m) { return in_ppp(f, m, "\x81\x00\x00\x05", 4); }

static bool
snap(const struct frame *f, struct made *m)
{
	uint8_t header[] = { (uint8_t)((f->bytes.n - 14 + 8) >> 8), (uint8_t)(f->bytes.n - 14 + 8), 0xaa, 0xaa, 3, 0, 0, 0 };

	return f->bytes.n < 1500 && insert(f, m, (const char *)header, sizeof header);
}

/* IPv4 around n bytes of `header` and the frame from `from` on. */
static bool
in_ipv4(const struct frame *f, struct made *m, uint8_t protocol, const void *header, size_t n, size_t from)
{
	size_t length = 20 + n + f->bytes.n - from;
	uint8_t ip[34] = { [12] = 0x08, [14] = 0x45, [22] = 64, [23] = protocol, [26] = 10, [29] = 1, [30] = 10, [33] = 2 };

	if (!is_ip(f) || length > UINT16_MAX)
		return false;
	ip[16] = (uint8_t)(length >> 8);
	ip[17] = (uint8_t)length;
	put(m, ip, sizeof ip);
	put(m, header, n);
	put(m, f->bytes.p + from, f->bytes.n - from);
	return true;
}

static bool
gre(const struct frame *f, struct made *m)
{
	uint8_t header[] = { 0x30, 0, f->bytes.p[12], f->bytes.p[13], 0, 0, 0, 9, 0, 0, 0, 1 };

	return in_ipv4(f, m, 47, header, sizeof header, 14);
}

static bool ipip(const struct frame *f, struct made *m) { return is_ip(f) && in_ipv4(f, m, f->bytes.p[12] == 8 ? 4 : 41, "", 0, 14); }
static bool erspan(const struct frame *f, struct made *m) { return in_ipv4(f, m, 47, "\x10\0\x88\xbe\0\0\0\1\x10\0\0\0\0\0\0\0", 16, 0); }
static bool erspan3(const struct frame *f, struct made *m) { return in_ipv4(f, m, 47, "\x10\0\x22\xeb\0\0\0\1\x20\0\0\0\0\0\0\0\0\0\0\0", 20, 0); }
static bool etherip(const struct frame *f, struct made *m) { return in_ipv4(f, m, 97, "\x30\0", 2, 0); }

static bool
in_udp(const struct frame *f, struct made *m, uint16_t port, const char *header, size_t n, size_t from)
{
	size_t length = 8 + n + f->bytes.n - from;
	uint8_t udp[8 + 16] = { 0x30, 0x39, (uint8_t)(port >> 8), (uint8_t)port, (uint8_t)(length >> 8), (uint8_t)length };

	memcpy(udp + 8, header, n);
	return in_ipv4(f, m, 17, udp, 8 + n, from);
}

static bool vxlan(const struct frame *f, struct made *m) { return in_udp(f, m, 4789, "\x08\0\0\0\0\0\7\0", 8, 0); }
static bool geneve(const struct frame *f, struct made *m) { return in_udp(f, m, 6081, "\1\0\x65\x58\0\0\7\0opts", 12, 0); }
static bool gtpu(const struct frame *f, struct made *m) { return in_udp(f, m, 2152, "\x30\xff\0\0\0\0\0\7", 8, 14); }
static bool gtpu_numbered(const struct frame *f, struct made *m) { return in_udp(f, m, 2152, "\x32\xff\0\0\0\0\0\7\0\1\0\0", 12, 14); }

static bool
ip_sum(uint8_t *ip)
{
	uint32_t sum = 0;

	ip[10] = ip[11] = 0;
	for (size_t i = 0; i < (ip[0] & 15u) * 4; i += 2)
		sum += get_be16(ip + i);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~(sum + (sum >> 16)) & 0xffff;
	ip[10] = (uint8_t)(sum >> 8);
	ip[11] = (uint8_t)sum;
	return true;
}

/* The datagram in up to four pieces, the first of 24 bytes; each behind `lead`, which stands before the type. UDP: see BUGS in filter.h. */
static bool
cut4(const struct frame *f, struct made *m, const char *lead, size_t n)
{
	const uint8_t *ip = f->bytes.p + 14;
	size_t header = (ip[0] & 15u) * 4, all = get_be16(ip + 2), at = 0;
	uint8_t copy[60];

	if (ip[9] == 17 || header < 20 || all < header + 32 || all > f->bytes.n - 14 || get_be16(ip + 6) & 0x3fff)
		return false;
	for (unsigned i = 0; at < all - header; i++) {
		size_t piece = i == 0 ? 24 : ((all - header) / 3 + 7) & ~(size_t)7;
		bool more = at + piece < all - header && i < PIECES - 1;

		piece = more ? piece : all - header - at;
		memcpy(copy, ip, header);
		copy[2] = (uint8_t)((header + piece) >> 8);
		copy[3] = (uint8_t)(header + piece);
		copy[6] = (uint8_t)((more ? 0x20 : 0) | at / 8 >> 8);
		copy[7] = (uint8_t)(at / 8);
		copy[4] = (uint8_t)(frames >> 8);
		copy[5] = (uint8_t)frames;
		ip_sum(copy);
		put(m, f->bytes.p, 12);
		put(m, lead, n);
		put(m, f->bytes.p + 12, 2);
		put(m, copy, header);
		put(m, ip + header + at, piece);
		at += piece;
		m->pieces++;
	}
	m->pieces--;
	return true;
}

static bool
cut6(const struct frame *f, struct made *m, const char *lead, size_t n)
{
	const uint8_t *ip = f->bytes.p + 14;
	size_t all = get_be16(ip + 4), at = 0;
	uint8_t copy[48];

	if (all < 32 || all > f->bytes.n - 54 || ip[6] != 6)
		return false;
	for (unsigned i = 0; at < all; i++) {
		size_t piece = i == 0 ? 24 : (all / 3 + 7) & ~(size_t)7;
		bool more = at + piece < all && i < PIECES - 1;
		uint8_t fragment[8] = { ip[6], 0, (uint8_t)(at >> 8), (uint8_t)(at | more), 0, 0, (uint8_t)(frames >> 8), (uint8_t)frames };

		piece = more ? piece : all - at;
		memcpy(copy, ip, 40);
		memcpy(copy + 40, fragment, 8);
		copy[4] = (uint8_t)((piece + 8) >> 8);
		copy[5] = (uint8_t)(piece + 8);
		copy[6] = 44;
		put(m, f->bytes.p, 12);
		put(m, lead, n);
		put(m, f->bytes.p + 12, 2);
		put(m, copy, sizeof copy);
		put(m, ip + 40 + at, piece);
		at += piece;
		m->pieces++;
	}
	m->pieces--;
	return true;
}

static bool
cut(const struct frame *f, struct made *m, const char *lead, size_t n)
{
	if (!is_ip(f))
		return false;
	return get_be16(f->bytes.p + 12) == 0x0800 ? cut4(f, m, lead, n) : cut6(f, m, lead, n);
}

static bool pieces(const struct frame *f, struct made *m) { return cut(f, m, "", 0); }
static bool vlan_pieces(const struct frame *f, struct made *m) { return cut(f, m, "\x81\0\0\5", 4); }
static bool qinq_pieces(const struct frame *f, struct made *m) { return cut(f, m, "\x88\xa8\0\7\x81\0\0\5", 8); }

/* Behind destination options, as hosts put nothing and attackers do. */
static bool
extensions(const struct frame *f, struct made *m)
{
	uint8_t ip[40], options[8] = { 0, 0, 1, 4 };

	if (!is_ip(f) || f->bytes.p[12] != 0x86)
		return false;
	memcpy(ip, f->bytes.p + 14, 40);
	options[0] = ip[6];
	ip[6] = 60;
	ip[5] = (uint8_t)(ip[5] + 8);
	if (ip[5] < 8)
		ip[4]++;
	put(m, f->bytes.p, 14);
	put(m, ip, 40);
	put(m, options, 8);
	put(m, f->bytes.p + 54, f->bytes.n - 54);
	return true;
}

static bool raw(const struct frame *f, struct made *m) { m->linktype = RAW; return replace(f, m, "", 0, false); }

static bool
cooked(const struct frame *f, struct made *m)
{
	m->linktype = SLL;
	put(m, "\0\0\0\1\0\6\2\0\0\0\0\0\0\0", 14);
	put(m, f->bytes.p + 12, f->bytes.n < 12 ? 0 : f->bytes.n - 12);
	return f->linktype == ETHERNET;
}

static bool
cooked2(const struct frame *f, struct made *m)
{
	m->linktype = SLL2;
	if (f->linktype != ETHERNET || f->bytes.n < 14)
		return false;
	put(m, f->bytes.p + 12, 2);
	put(m, "\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\0\0\0", 18);
	put(m, f->bytes.p + 14, f->bytes.n - 14);
	return true;
}

static bool
as_link(const struct frame *f, struct made *m, int linktype, const char *four, const char *six, size_t n)
{
	m->linktype = linktype;
	return is_ip(f) && replace(f, m, f->bytes.p[12] == 0x08 ? four : six, n, false);
}

static bool ppp(const struct frame *f, struct made *m) { return as_link(f, m, 9, "\xff\3\0\x21", "\xff\3\0\x57", 4); }
static bool ppp_short(const struct frame *f, struct made *m) { return as_link(f, m, 9, "\x21", "\x57", 1); }
static bool ppp_hdlc(const struct frame *f, struct made *m) { return as_link(f, m, 50, "\xff\3\0\x21", "\xff\3\0\x57", 4); }
static bool ppp_cisco(const struct frame *f, struct made *m) { return as_link(f, m, 50, "\x0f\0\x08\0", "\x8f\0\x86\xdd", 4); }
static bool cisco(const struct frame *f, struct made *m) { return as_link(f, m, 104, "\x0f\0\x08\0", "\x8f\0\x86\xdd", 4); }
static bool directed(const struct frame *f, struct made *m) { return as_link(f, m, 204, "\0\xff\3\0\x21", "\1\xff\3\0\x57", 5); }
static bool loopback(const struct frame *f, struct made *m) { return as_link(f, m, 0, "\2\0\0\0", "\x0a\0\0\0", 4); }
static bool labelled(const struct frame *f, struct made *m) { return as_link(f, m, 219, "\0\1\1\x40", "\0\1\1\x40", 4); }

/* Some bytes of its headers are others: what the decoder still makes of it must pass all the same. */
static bool
damaged(const struct frame *f, struct made *m)
{
	static uint32_t random = 1;
	size_t n = f->bytes.n < 90 ? f->bytes.n : 90;

	as_is(f, m);
	for (unsigned i = 0; n > 0 && i < 3; i++) {
		random = random * 1664525 + 1013904223;
		m->bytes[(random >> 8) % n] = (uint8_t)(i == 0 ? random >> 24 : m->bytes[(random >> 16) % n]);
	}
	return true;
}

static const struct way { const char *name; bool (*make)(const struct frame *, struct made *); } ways[] = {
	{ "as it is", as_is }, { "vlan", vlan }, { "qinq", qinq }, { "four tags", tags }, { "mpls", mpls }, { "labels", labels },
	{ "pseudowire", pseudowire }, { "pppoe", pppoe }, { "vlan+pppoe", vlan_pppoe }, { "snap", snap }, { "gre", gre }, { "ipip", ipip },
	{ "erspan", erspan }, { "erspan3", erspan3 }, { "etherip", etherip }, { "vxlan", vxlan }, { "geneve", geneve }, { "gtpu", gtpu },
	{ "gtpu numbered", gtpu_numbered }, { "pieces", pieces }, { "vlan+pieces", vlan_pieces }, { "qinq+pieces", qinq_pieces },
	{ "extensions", extensions }, { "raw", raw }, { "cooked", cooked }, { "cooked2", cooked2 },
	{ "ppp", ppp }, { "ppp, one byte", ppp_short }, { "ppp hdlc", ppp_hdlc }, { "ppp hdlc, Cisco", ppp_cisco }, { "Cisco hdlc", cisco },
	{ "damaged", damaged }, { "damaged", damaged }, { "damaged", damaged }, { "damaged", damaged }, { "damaged", damaged },
	{ "ppp with direction", directed }, { "loopback", loopback }, { "labels first", labelled },
};

/* --- the two decoders --- */

struct run {
	const char *name;
	const struct way *way;
	const uint16_t *port;
	size_t nport;
	struct decoder *all, *some;
	struct port_filter filter;
	int linktype;			/* that it was made for, or -1 */
	bool known;
};

struct outcome { enum decoded what; struct segment segment; struct icmp_error icmp; };

static void
ignore(void *self, enum finding f, struct origin from, slice detail)
{
	(void)self, (void)f, (void)from, (void)detail;
}

static bool
is_mail(const struct run *r, const struct endpoint *a, const struct endpoint *b)
{
	for (size_t i = 0; i < r->nport; i++)
		if (a->port == r->port[i] || b->port == r->port[i])
			return true;
	return false;
}

static bool
matters(const struct run *r, const struct outcome *o)
{
	if (o->what == DECODED_SEGMENT)
		return is_mail(r, &o->segment.src, &o->segment.dst);
	return o->what == DECODED_ICMP && is_mail(r, &o->icmp.src, &o->icmp.dst);
}

static bool
same_place(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && addr_eq(&a->addr, &b->addr);
}

static bool
is_same(const struct outcome *a, const struct outcome *b)
{
	if (a->what != b->what)
		return false;
	if (a->what == DECODED_ICMP)
		return a->icmp.seq == b->icmp.seq && same_place(&a->icmp.src, &b->icmp.src) && same_place(&a->icmp.dst, &b->icmp.dst);
	return a->segment.seq == b->segment.seq && a->segment.length == b->segment.length && slice_eq(a->segment.tcp, b->segment.tcp)
	    && same_place(&a->segment.src, &b->segment.src) && same_place(&a->segment.dst, &b->segment.dst);
}

static void
tell(const struct run *r, const struct frame *f, const char *what)
{
	if (wrong++ < 20)
		printf("%s, %s: packet %llu %s\n", r->name, r->way->name, (unsigned long long)f->number, what);
}

static bool
passes(struct run *r, int linktype, slice bytes)
{
	if (linktype != r->linktype) {
		r->linktype = linktype;
		r->known = port_filter_make(&r->filter, linktype, r->port, r->nport, LIMIT_RECORD);
		if (r->known && !bpf_validate(r->filter.insn, (int)r->filter.n))
			tell(r, &(struct frame){ 0 }, "the program is not valid");
	}
	return !r->known || bpf_filter(r->filter.insn, bytes.p, (u_int)bytes.n, (u_int)bytes.n) != 0;
}

/* What stands in more tags and tunnels than the filter counts passes anyway. */
static bool
is_looked_into(const struct run *r, const struct frame *f)
{
	return r->way->make == as_is || (is_ip(f) && r->way->make != tags && r->way->make != damaged);
}

static void
compare(struct run *r, const struct frame *f, int linktype, slice bytes, size_t wire)
{
	struct frame_view view = {
		.bytes = bytes, .wire = wire, .linktype = linktype, .fcs = f->fcs, .from = { .packet = f->number, .time = f->time }
	};
	struct outcome all = { 0 }, some = { 0 };
	bool passed = passes(r, linktype, bytes);

	frames++;
	let_through += passed;
	all.what = decode_frame(r->all, &view, &all.segment, &all.icmp);
	if (passed)
		some.what = decode_frame(r->some, &view, &some.segment, &some.icmp);
	segments += matters(r, &all);
	if (matters(r, &all) != matters(r, &some) || (matters(r, &all) && !is_same(&all, &some)))
		tell(r, f, "is lost");
	if (r->port == nobodys_port && passed && all.what == DECODED_SEGMENT && !all.segment.fragmented
	    && all.segment.depth < 2 && is_looked_into(r, f))
		tell(r, f, "is of another port, and let through");
}

static void
one_frame(struct run *r, const struct frame *f)
{
	static struct made m;
	size_t at = 0;

	memset(m.n, 0, sizeof m.n);
	m.pieces = 0;
	m.linktype = ETHERNET;
	if (!r->way->make(f, &m))
		return;
	for (unsigned i = 0; i <= m.pieces; i++) {
		compare(r, f, m.linktype, (slice){ m.bytes + at, m.n[i] }, r->way->make == as_is || r->way->make == damaged ? f->wire : m.n[i]);
		at += m.n[i];
	}
}

static void
one_run(const char *path, const struct way *way, const uint16_t *port, size_t nport)
{
	const struct decode_user user = { NULL, ignore };
	struct file_options options = { .path = &path, .npath = 1, .quiet = true };
	struct run *r = xcalloc(1, sizeof *r);
	enum source_result result;
	struct source source;
	struct frame frame;
	int status;

	*r = (struct run){ .name = path, .way = way, .port = port, .nport = nport, .linktype = -1 };
	r->all = decoder_new(&user, LIMIT_FRAGMENT_BYTES);
	r->some = decoder_new(&user, LIMIT_FRAGMENT_BYTES);
	if (file_open(&options, &source, &status) == 0) {
		while ((result = source.next(source.self, &frame)) == SOURCE_FRAME || result == SOURCE_NONE)
			if (result == SOURCE_FRAME)
				one_frame(r, &frame);
		source.close(source.self);
	}
	decoder_free(&r->all);
	decoder_free(&r->some);
	free(r);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
			one_run(argv[i], &ways[w], mail_ports, sizeof mail_ports / sizeof mail_ports[0]);
			one_run(argv[i], &ways[w], nobodys_port, 1);
		}
	printf("%lu frames, %lu let through, %lu of mail ports, %lu wrong\n", frames, let_through, segments, wrong);
	return wrong > 0 || segments == 0;
}
