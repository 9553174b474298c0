#include "pgp_inside.h"

enum { ZIP = 1, ZLIB = 2, NAME_AT = 2, TIME = 4 };

/* A literal packet */

static void
begin_file(struct pgp_inside *s)
{
	const struct opener_member m = { .name = { s->head + NAME_AT, s->head[1] }, .size = UINT64_MAX, .packed = UINT64_MAX };

	s->in_file = true;
	s->user->unpack_begin(s->user->self, &m);
}

static void
literal_bytes(struct pgp_inside *s, slice in)
{
	for (; in.n > 0 && !s->in_file; in = slice_drop(in, 1)) {
		s->head[s->nhead++] = in.p[0];
		if (s->nhead >= NAME_AT && s->nhead == (unsigned)NAME_AT + s->head[1] + TIME)
			begin_file(s);
	}
	if (in.n > 0)
		s->user->unpack_bytes(s->user->self, in);
}

static void
end_literal(struct pgp_inside *s, bool ended)
{
	if (s->in_file)
		s->user->unpack_end(s->user->self, ended);
	s->in_file = false;
	s->nhead = 0;
}

/* A compressed packet */

/* Only literal ones, of those in a compressed one: none is compressed twice. */
static void
on_inner_bytes(void *self, enum pgp_tag tag, slice bytes)
{
	struct pgp_inside *s = self;

	if (tag == PGP_LITERAL)
		literal_bytes(s, bytes);
}

static void
on_inner_packet(void *self, const struct pgp_packet *packet)
{
	struct pgp_inside *s = self;

	if (packet->tag == PGP_LITERAL)
		end_literal(s, packet->ended);
	s->packet(s->self, packet);
}

static void
on_unpacked(void *self, slice bytes)
{
	struct pgp_inside *s = self;

	pgp_packets_feed(&s->packets, bytes);
}

static void
begin_compressed(struct pgp_inside *s, uint8_t algorithm)
{
	s->compressed = true;
	if (algorithm == ZIP || algorithm == ZLIB)
		deflated_init(&s->deflated, algorithm == ZLIB, s, on_unpacked);
	pgp_packets_init(&s->packets, &(struct pgp_packets_user){ s, on_inner_bytes, on_inner_packet });
}

static void
compressed_bytes(struct pgp_inside *s, slice in)
{
	if (!s->compressed) {
		begin_compressed(s, in.p[0]);
		in = slice_drop(in, 1);
	}
	deflated_feed(&s->deflated, in);
}

static void
end_compressed(struct pgp_inside *s, bool ended)
{
	if (!s->compressed)
		return;
	pgp_packets_finish(&s->packets, ended && deflated_whole(&s->deflated));
	end_literal(s, false);
	s->truncated |= s->deflated.truncated;
	deflated_fini(&s->deflated);
	s->compressed = false;
}

/* Doors */

void
pgp_inside_init(struct pgp_inside *s, const struct opener_user *user, void *self,
    void (*packet)(void *self, const struct pgp_packet *))
{
	*s = (struct pgp_inside){ .user = user, .self = self, .packet = packet };
}

void
pgp_inside_bytes(struct pgp_inside *s, enum pgp_tag tag, slice bytes)
{
	if (tag == PGP_LITERAL)
		literal_bytes(s, bytes);
	else if (tag == PGP_COMPRESSED)
		compressed_bytes(s, bytes);
}

void
pgp_inside_end(struct pgp_inside *s, enum pgp_tag tag, bool ended)
{
	if (tag == PGP_LITERAL)
		end_literal(s, ended);
	else if (tag == PGP_COMPRESSED)
		end_compressed(s, ended);
}

void
pgp_inside_fini(struct pgp_inside *s)
{
	end_compressed(s, false);
	end_literal(s, false);
}

size_t
pgp_inside_memory(const struct pgp_inside *s)
{
	return s->packets.body.cap + deflated_memory(&s->deflated);
}
