#include "pgp_packet.h"

#include "base/read.h"

enum state { TAG, LENGTH, BODY };

enum { IS_PACKET = 0x80, IS_NEW = 0x40, TWO_BYTES = 192, PARTIAL = 224, FIVE_BYTES = 255 };

void
pgp_packets_init(struct pgp_packets *p, const struct pgp_packets_user *user)
{
	*p = (struct pgp_packets){ .user = *user, .state = TAG };
	buf_init(&p->body, LIMIT_PGP_BODY);
}

static void
end_packet(struct pgp_packets *p, bool ended)
{
	const struct pgp_packet packet = { (enum pgp_tag)p->tag, buf_slice(&p->body), ended, ended && !p->body.full };

	p->user.packet(p->user.self, &packet);
	buf_clear(&p->body);
	p->state = TAG;
}

/* A piece of the body begins, and there may be nothing in it. */
static void
begin_piece(struct pgp_packets *p, uint32_t length)
{
	p->left = length;
	p->state = BODY;
	if (length == 0 && !p->open)
		end_packet(p, true);
}

/* RFC 9580 4.2.2: the old format has the size of its length in the tag. */
static void
read_tag(struct pgp_packets *p, uint8_t c)
{
	static const uint8_t sizes[] = { 1, 2, 4, 0 };
	bool is_new = (c & IS_NEW) != 0;

	p->tag = is_new ? c & 0x3f : c >> 2 & 0x0f;
	p->broken = (c & IS_PACKET) == 0 || p->tag == 0;
	p->nhead = 0;
	p->partial = false;
	p->wanted = is_new ? 0 : sizes[c & 3];
	p->open = !is_new && p->wanted == 0;
	p->state = LENGTH;
	if (p->open)
		begin_piece(p, UINT32_MAX);
}

/* RFC 9580 4.2.1: its first byte says how many there are. */
static void
read_new_length(struct pgp_packets *p)
{
	uint8_t first = p->head[0];
	struct reader r = reader_of((slice){ p->head + 1, 4 });

	p->partial = first >= PARTIAL && first < FIVE_BYTES;
	if (first < TWO_BYTES)
		begin_piece(p, first);
	else if (p->partial)
		begin_piece(p, UINT32_C(1) << (first & 0x1f));
	else if (first == FIVE_BYTES && p->nhead == 5)
		begin_piece(p, read_be32(&r));
	else if (first < PARTIAL && p->nhead == 2)
		begin_piece(p, ((uint32_t)(first - TWO_BYTES) << 8) + p->head[1] + TWO_BYTES);
}

static void
read_old_length(struct pgp_packets *p)
{
	uint32_t length = 0;

	if (p->nhead < p->wanted)
		return;
	for (unsigned i = 0; i < p->wanted; i++)
		length = length << 8 | p->head[i];
	begin_piece(p, length);
}

static void
read_length(struct pgp_packets *p, uint8_t c)
{
	p->head[p->nhead++] = c;
	if (p->wanted > 0)
		read_old_length(p);
	else
		read_new_length(p);
}

static slice
read_body(struct pgp_packets *p, slice in)
{
	slice piece = p->open ? in : slice_take(in, p->left);

	buf_add(&p->body, piece);
	if (piece.n > 0)
		p->user.bytes(p->user.self, (enum pgp_tag)p->tag, piece);
	if (!p->open)
		p->left -= (uint32_t)piece.n;
	if (p->left == 0 && p->partial) {
		p->state = LENGTH;
		p->nhead = 0;
	} else if (p->left == 0) {
		end_packet(p, true);
	}
	return slice_drop(in, piece.n);
}

void
pgp_packets_feed(struct pgp_packets *p, slice in)
{
	while (in.n > 0 && !p->broken) {
		if (p->state == BODY) {
			in = read_body(p, in);
			continue;
		}
		if (p->state == TAG)
			read_tag(p, in.p[0]);
		else
			read_length(p, in.p[0]);
		in = slice_drop(in, 1);
	}
}

void
pgp_packets_finish(struct pgp_packets *p, bool whole)
{
	if (p->state == BODY && !p->broken)
		end_packet(p, p->open && whole);
	buf_fini(&p->body);
}
