/*
 * filter.c - the program of filter.h.
 *
 * X is where the walk stands, counted from the byte behind the link header, so
 * that a program means the same when the kernel has put that header aside
 * ("any", libpcap's cooked mode). A is what was read last. There are no jumps
 * backwards in BPF: tags, labels and IPv6 headers are written out as often as
 * they are looked at, and the walk through a tunnel is a second copy of all.
 */
#include "filter.h"

#include "program.h"

enum {
	LINKTYPE_NULL = 0, LINKTYPE_ETHERNET = 1, LINKTYPE_PPP = 9, LINKTYPE_RAW_BSD = 12, LINKTYPE_RAW_OPENBSD = 14,
	LINKTYPE_PPP_HDLC = 50, LINKTYPE_PPP_ETHER = 51, LINKTYPE_RAW = 101, LINKTYPE_C_HDLC = 104, LINKTYPE_LOOP = 108,
	LINKTYPE_LINUX_SLL = 113, LINKTYPE_PPP_WITH_DIR = 204, LINKTYPE_MPLS = 219, LINKTYPE_IPV4 = 228, LINKTYPE_IPV6 = 229,
	LINKTYPE_LINUX_SLL2 = 276
};

enum {					/* how often, outside and in a tunnel */
	TAGS = 3, INNER_TAGS = 1, MPLS_LABELS = 4, EXTENSIONS = 3, LEVELS = 2
};

/* --- what it is written in --- */

enum label {				/* those of a level are LEVEL_LABELS apart */
	NEXT = PROGRAM_NEXT, ACCEPT = PROGRAM_ACCEPT, REJECT = PROGRAM_REJECT,
	PORTS = PROGRAM_LABEL,
	TYPE,				/* A is an Ethernet type, X stands behind it */
	ETHERNET, PPPOE, PPP, MPLS, IP, IPV4, IPV6, ICMP, ICMP6, GRE, UDP, VXLAN, GENEVE, GTPU,
	LEVEL_END,
	LEVEL_LABELS = LEVEL_END - TYPE,
	LOCAL = TYPE + LEVELS * LEVEL_LABELS	/* from here on they are given out as needed */
};

enum { SAVED, PROTOCOL, FLAGS };	/* places of BPF's memory */

struct maker {
	struct program *program;
	unsigned locals;
	unsigned level;
	uint32_t base;			/* length of the link header */
};

static void
emit(struct maker *m, int code, uint32_t k)
{
	program_add(m->program, code, k);
}

static void
put(struct maker *m, unsigned label)
{
	program_put(m->program, label);
}

static void
put_verdicts(struct maker *m)
{
	program_put_verdicts(m->program);
}

static void
jump(struct maker *m, unsigned to)
{
	program_jump(m->program, to);
}

static void
branch(struct maker *m, int how, uint32_t k, unsigned yes, unsigned no)
{
	program_branch(m->program, how, k, yes, no);
}

static void
if_equal(struct maker *m, uint32_t k, unsigned yes)
{
	branch(m, BPF_JEQ, k, yes, NEXT);
}

static unsigned
new_label(struct maker *m)
{
	return LOCAL + m->locals++;
}

/* Of this level, or of the one inside it; what stands deeper is let through. */
static unsigned
here(const struct maker *m, enum label label)
{
	return label + m->level * LEVEL_LABELS;
}

static unsigned
inside(const struct maker *m, enum label label)
{
	return m->level + 1 < LEVELS ? label + (m->level + 1) * LEVEL_LABELS : ACCEPT;
}

/* A = the byte, or the two, at so many behind X. */
static void
load8(struct maker *m, uint32_t at)
{
	emit(m, BPF_LD | BPF_B | BPF_IND, m->base + at);
}

static void
load16(struct maker *m, uint32_t at)
{
	emit(m, BPF_LD | BPF_H | BPF_IND, m->base + at);
}

/* X += n; A is lost. */
static void
skip(struct maker *m, uint32_t n)
{
	emit(m, BPF_MISC | BPF_TXA, 0);
	emit(m, BPF_ALU | BPF_ADD | BPF_K, n);
	emit(m, BPF_MISC | BPF_TAX, 0);
}

static void
skip_keeping(struct maker *m, uint32_t n)
{
	emit(m, BPF_ST, SAVED);
	skip(m, n);
	emit(m, BPF_LD | BPF_MEM, SAVED);
}

/* X += ((A & mask) + more) << shift, + n */
static void
skip_field(struct maker *m, uint32_t mask, uint32_t more, uint32_t shift, uint32_t n)
{
	emit(m, BPF_ALU | BPF_AND | BPF_K, mask);
	emit(m, BPF_ALU | BPF_ADD | BPF_K, more);
	emit(m, BPF_ALU | BPF_LSH | BPF_K, shift);
	emit(m, BPF_ALU | BPF_ADD | BPF_K, n);
	emit(m, BPF_ALU | BPF_ADD | BPF_X, 0);
	emit(m, BPF_MISC | BPF_TAX, 0);
}

/* --- the link --- */

/* A is a type. Falls through with A a tag's, or a length. */
static void
known_types(struct maker *m)
{
	if_equal(m, 0x0800, here(m, IPV4));
	if_equal(m, 0x86dd, here(m, IPV6));
	if_equal(m, 0x8847, here(m, MPLS));
	if_equal(m, 0x8848, here(m, MPLS));
	if_equal(m, 0x8864, here(m, PPPOE));
	if_equal(m, 0x880b, here(m, PPP));
}

/* IEEE 802.1Q and its forerunners. */
static void
if_tag(struct maker *m, unsigned yes)
{
	static const uint16_t tags[] = { 0x8100, 0x88a8, 0x9100, 0x9200, 0x9300 };

	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
		if_equal(m, tags[i], yes);
}

/* IEEE 802.2: IP has a SAP of its own, or stands behind SNAP with its Ethernet type. */
static void
llc(struct maker *m, unsigned then)
{
	unsigned snap = new_label(m);

	load16(m, 0);
	if_equal(m, 0xaaaa, snap);
	branch(m, BPF_JEQ, 0x0606, NEXT, REJECT);
	skip(m, 3);
	jump(m, here(m, IPV4));
	put(m, snap);
	load16(m, 6);
	skip_keeping(m, 8);
	jump(m, then);
}

/* A tag, or an LLC header, then again. */
static void
types(struct maker *m)
{
	int rounds = m->level == 0 ? TAGS : INNER_TAGS;

	put(m, here(m, ETHERNET));
	load16(m, 12);
	skip_keeping(m, 14);
	put(m, here(m, TYPE));
	for (int i = 0; i < rounds; i++) {
		unsigned tag = new_label(m), is_llc = new_label(m), again = new_label(m);

		known_types(m);
		if_tag(m, tag);
		if_equal(m, 0x8870, is_llc);
		branch(m, BPF_JGT, 1500, REJECT, NEXT);
		put(m, is_llc);
		llc(m, again);
		put(m, tag);
		load16(m, 2);
		skip_keeping(m, 4);
		put(m, again);
	}
	known_types(m);
	if_tag(m, ACCEPT);
	put_verdicts(m);
}

/* RFC 2516, RFC 1661: the protocol may be one byte, which is odd then. */
static void
ppp(struct maker *m)
{
	unsigned protocol = new_label(m), one = new_label(m), known = new_label(m);

	put(m, here(m, PPPOE));
	load16(m, 0);
	branch(m, BPF_JEQ, 0x1100, NEXT, REJECT);
	skip(m, 6);
	put(m, here(m, PPP));
	load16(m, 0);
	branch(m, BPF_JEQ, 0xff03, NEXT, protocol);
	skip(m, 2);
	put(m, protocol);
	load8(m, 0);
	branch(m, BPF_JSET, 1, one, NEXT);
	load16(m, 0);
	skip_keeping(m, 2);
	jump(m, known);
	put(m, one);
	skip_keeping(m, 1);
	put(m, known);
	if_equal(m, 0x21, here(m, IPV4));
	if_equal(m, 0x57, here(m, IPV6));
	if_equal(m, 0x281, here(m, MPLS));
	branch(m, BPF_JEQ, 0x283, NEXT, REJECT);
}

/* RFC 3032; IP, or an Ethernet frame with the control word of a pseudowire (RFC 4448) or without. */
static void
mpls(struct maker *m)
{
	unsigned bottom = new_label(m);

	put(m, here(m, MPLS));
	for (int i = 0; i < MPLS_LABELS; i++) {
		load8(m, 2);
		skip_keeping(m, 4);
		branch(m, BPF_JSET, 1, bottom, NEXT);
	}
	jump(m, ACCEPT);
	put(m, bottom);
	load8(m, 0);
	emit(m, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	if_equal(m, 0x40, here(m, IPV4));
	if_equal(m, 0x60, here(m, IPV6));
	branch(m, BPF_JEQ, 0, NEXT, inside(m, ETHERNET));
	skip(m, 4);
	jump(m, inside(m, ETHERNET));
	put_verdicts(m);
}

static void
version(struct maker *m)
{
	put(m, here(m, IP));
	load8(m, 0);
	emit(m, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	if_equal(m, 0x60, here(m, IPV6));
	branch(m, BPF_JEQ, 0x40, NEXT, REJECT);
}

/* --- IP --- */

/* A is a protocol number. Falls through with one that is of no interest, or only of one version. */
static void
upper(struct maker *m, enum label icmp, uint32_t icmp_number)
{
	unsigned no_etherip = new_label(m);

	if_equal(m, 6, PORTS);
	if_equal(m, icmp_number, here(m, icmp));
	if_equal(m, 17, here(m, UDP));
	if_equal(m, 47, here(m, GRE));
	if_equal(m, 4, inside(m, IPV4));
	if_equal(m, 41, inside(m, IPV6));
	if_equal(m, 137, inside(m, MPLS));
	if_equal(m, 51, ACCEPT);		/* AH: rare, and what is behind it can be anything */
	branch(m, BPF_JEQ, 97, NEXT, no_etherip);
	skip(m, 2);
	jump(m, inside(m, ETHERNET));
	put(m, no_etherip);
}

/*
 * A is the protocol of a fragment. Later ones have no ports; the first one has
 * those of TCP (RFC 791 3.2: eight bytes at least), but may end before those
 * in a tunnel. Fragments of UDP are other people's, and many.
 */
static void
fragment(struct maker *m, bool later, unsigned as_usual)
{
	if (!later)
		if_equal(m, 6, as_usual);
	branch(m, BPF_JEQ, 17, later ? REJECT : as_usual, ACCEPT);
}

static void
ipv4(struct maker *m)
{
	unsigned first = new_label(m), usual = new_label(m);

	put(m, here(m, IPV4));
	load8(m, 9);
	emit(m, BPF_ST, PROTOCOL);
	load16(m, 6);
	branch(m, BPF_JSET, 0x3fff, NEXT, usual);
	branch(m, BPF_JSET, 0x1fff, NEXT, first);
	emit(m, BPF_LD | BPF_MEM, PROTOCOL);
	fragment(m, true, usual);
	put(m, first);
	emit(m, BPF_LD | BPF_MEM, PROTOCOL);
	fragment(m, false, usual);
	put(m, usual);
	load8(m, 0);
	skip_field(m, 0x0f, 0, 2, 0);
	emit(m, BPF_LD | BPF_MEM, PROTOCOL);
	upper(m, ICMP, 1);
	put_verdicts(m);
}

/* Extension headers that tell their length in eight bytes, without the first (RFC 8200 4.1 and others). */
static void
if_extension(struct maker *m, unsigned yes)
{
	static const uint8_t headers[] = { 0, 43, 60, 135, 139, 140 };

	for (size_t i = 0; i < sizeof headers; i++)
		if_equal(m, headers[i], yes);
}

/* A is the next header, X behind the one before. Then again. */
static void
extension(struct maker *m)
{
	unsigned is_extension = new_label(m), first = new_label(m), usual = new_label(m), again = new_label(m);

	upper(m, ICMP6, 58);
	if_extension(m, is_extension);
	branch(m, BPF_JEQ, 44, NEXT, REJECT);
	load16(m, 2);
	branch(m, BPF_JSET, 0xfff9, NEXT, usual);
	branch(m, BPF_JSET, 0xfff8, NEXT, first);
	load8(m, 0);
	fragment(m, true, usual);
	put(m, first);
	load8(m, 0);
	fragment(m, false, usual);
	put(m, usual);
	load8(m, 0);
	skip_keeping(m, 8);
	jump(m, again);
	put(m, is_extension);
	load8(m, 0);
	emit(m, BPF_ST, PROTOCOL);
	load8(m, 1);
	skip_field(m, 0xff, 1, 3, 0);
	emit(m, BPF_LD | BPF_MEM, PROTOCOL);
	put(m, again);
}

static void
ipv6(struct maker *m)
{
	put(m, here(m, IPV6));
	load8(m, 6);
	skip_keeping(m, 40);
	for (int i = 0; i < EXTENSIONS; i++)
		extension(m);
	upper(m, ICMP6, 58);
	if_equal(m, 44, ACCEPT);
	if_extension(m, ACCEPT);
	put_verdicts(m);
}

/* An error quotes the packet that it is about: RFC 792, RFC 4443. */
static void
icmp(struct maker *m)
{
	unsigned quoted = new_label(m), quoted6 = new_label(m);

	put(m, here(m, ICMP));
	load8(m, 0);
	if_equal(m, 3, quoted);
	branch(m, BPF_JEQ, 11, NEXT, REJECT);
	put(m, quoted);
	load8(m, 8 + 9);
	branch(m, BPF_JEQ, 6, NEXT, REJECT);
	load8(m, 8);
	skip_field(m, 0x0f, 0, 2, 8);
	jump(m, PORTS);

	put(m, here(m, ICMP6));
	load8(m, 0);
	if_equal(m, 1, quoted6);
	if_equal(m, 2, quoted6);
	branch(m, BPF_JEQ, 3, NEXT, REJECT);
	put(m, quoted6);
	load8(m, 8 + 6);
	skip_keeping(m, 8 + 40);
	if_equal(m, 6, PORTS);
	if_equal(m, 44, ACCEPT);
	if_equal(m, 51, ACCEPT);
	if_extension(m, ACCEPT);
	put_verdicts(m);
}

/* --- tunnels --- */

static void
skip_if(struct maker *m, uint32_t flag, uint32_t n)
{
	unsigned without = new_label(m);

	emit(m, BPF_LD | BPF_MEM, FLAGS);
	branch(m, BPF_JSET, flag, NEXT, without);
	skip(m, n);
	put(m, without);
}

/* RFC 2784, 2890, 2637; ERSPAN inside it has a header of 0, 8, 12 or 20 bytes. */
static void
gre(struct maker *m)
{
	unsigned erspan3 = new_label(m), other = new_label(m);

	put(m, here(m, GRE));
	load16(m, 0);
	branch(m, BPF_JSET, 0x4000, REJECT, NEXT);
	emit(m, BPF_ST, FLAGS);
	load16(m, 2);
	emit(m, BPF_ST, PROTOCOL);
	skip(m, 4);
	skip_if(m, 0x8000, 4);
	skip_if(m, 0x2000, 4);
	skip_if(m, 0x1000, 4);
	skip_if(m, 0x0080, 4);
	emit(m, BPF_LD | BPF_MEM, PROTOCOL);
	if_equal(m, 0x6558, inside(m, ETHERNET));
	if_equal(m, 0x22eb, erspan3);
	branch(m, BPF_JEQ, 0x88be, NEXT, other);
	skip_if(m, 0x1000, 8);
	jump(m, inside(m, ETHERNET));
	put(m, erspan3);
	load8(m, 11);
	emit(m, BPF_ST, FLAGS);
	skip(m, 12);
	skip_if(m, 1, 8);
	jump(m, inside(m, ETHERNET));
	put(m, other);
	jump(m, inside(m, TYPE));
}

/* VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281) by their ports. */
static void
udp(struct maker *m)
{
	unsigned more = new_label(m);

	put(m, here(m, UDP));
	load16(m, 2);
	if_equal(m, 4789, here(m, VXLAN));
	if_equal(m, 8472, here(m, VXLAN));
	if_equal(m, 6081, here(m, GENEVE));
	if_equal(m, 2152, here(m, GTPU));
	load16(m, 0);
	branch(m, BPF_JEQ, 2152, here(m, GTPU), REJECT);

	put(m, here(m, VXLAN));
	load8(m, 8);
	branch(m, BPF_JSET, 8, NEXT, REJECT);
	skip(m, 8 + 8);
	jump(m, inside(m, ETHERNET));

	put(m, here(m, GENEVE));
	load16(m, 8 + 2);
	emit(m, BPF_ST, PROTOCOL);
	load8(m, 8);
	skip_field(m, 0x3f, 0, 2, 8 + 8);
	emit(m, BPF_LD | BPF_MEM, PROTOCOL);
	branch(m, BPF_JEQ, 0x6558, inside(m, ETHERNET), inside(m, TYPE));

	put(m, here(m, GTPU));
	load16(m, 8);
	branch(m, BPF_JSET, 0x0400, ACCEPT, NEXT);	/* extension headers */
	emit(m, BPF_ALU | BPF_AND | BPF_K, 0xf0ff);
	branch(m, BPF_JEQ, 0x30ff, NEXT, REJECT);
	load8(m, 8);
	skip_keeping(m, 8 + 8);
	branch(m, BPF_JSET, 0x07, more, inside(m, IP));
	put(m, more);
	skip(m, 4);
	jump(m, inside(m, IP));
	put_verdicts(m);
}

/* --- the whole --- */

static void
walk(struct maker *m)
{
	static void (*const parts[])(struct maker *) = { types, ppp, mpls, version, ipv4, ipv6, icmp, gre, udp };

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		parts[i](m);
}

/* X stands at the TCP header. */
static void
ports(struct maker *m, const uint16_t *port, size_t n)
{
	put(m, PORTS);
	for (uint32_t at = 0; at < 4 && n > 0; at += 2) {
		load16(m, at);
		for (size_t i = 0; i < n; i++)
			if_equal(m, port[i], ACCEPT);
	}
	jump(m, n == 0 ? ACCEPT : REJECT);
	put_verdicts(m);
}

/* Address and control of Cisco HDLC, or of PPP (pcap-linktype(7)). */
static void
hdlc(struct maker *m)
{
	unsigned cisco = new_label(m);

	load16(m, 0);
	if_equal(m, 0x0f00, cisco);
	branch(m, BPF_JEQ, 0x8f00, NEXT, PPP);
	put(m, cisco);
	load16(m, 2);
	skip_keeping(m, 4);
	jump(m, TYPE);
}

/* Where the walk begins: A is the type if there is one, X is 0. False: nobody knows. */
static bool
enter(struct maker *m, int linktype)
{
	static const struct { int linktype; uint32_t header; int type_at; enum label to; } starts[] = {
		{ LINKTYPE_ETHERNET, 0, -1, ETHERNET }, { LINKTYPE_LINUX_SLL, 16, 14, TYPE }, { LINKTYPE_LINUX_SLL2, 20, 0, TYPE },
		{ LINKTYPE_C_HDLC, 4, 2, TYPE }, { LINKTYPE_RAW, 0, -1, IP }, { LINKTYPE_IPV4, 0, -1, IPV4 },
		{ LINKTYPE_IPV6, 0, -1, IPV6 }, { LINKTYPE_NULL, 4, -1, IP }, { LINKTYPE_LOOP, 4, -1, IP },
		{ LINKTYPE_PPP, 0, -1, PPP }, { LINKTYPE_PPP_WITH_DIR, 1, -1, PPP }, { LINKTYPE_PPP_ETHER, 0, -1, PPPOE },
		{ LINKTYPE_MPLS, 0, -1, MPLS }, { LINKTYPE_PPP_HDLC, 0, -1, NEXT }, { LINKTYPE_RAW_BSD, 0, -1, IP },
		{ LINKTYPE_RAW_OPENBSD, 0, -1, IP },
	};

	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
		if (starts[i].linktype == linktype) {
			m->base = starts[i].header;
			emit(m, BPF_LDX | BPF_IMM, 0);
			if (starts[i].type_at >= 0)
				emit(m, BPF_LD | BPF_H | BPF_ABS, (uint32_t)starts[i].type_at);
			if (starts[i].to == NEXT)
				hdlc(m);
			else
				jump(m, starts[i].to);
			return true;
		}
	return false;
}

bool
port_filter_make(struct port_filter *f, int linktype, const uint16_t *port, size_t nport, uint32_t snaplen)
{
	struct maker m = { .program = program_new(snaplen) };
	bool known = enter(&m, linktype);

	if (known) {
		for (; m.level < LEVELS; m.level++)
			walk(&m);
		ports(&m, port, nport);
		f->n = program_write(m.program, f->insn);
	}
	program_free(&m.program);
	return known;
}
