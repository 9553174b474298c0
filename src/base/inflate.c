#include "inflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZ4
#include <lz4frame.h>
#endif

#include "err.h"

struct inflate {
	const struct codec *codec;
	bool inside;			/* a member has begun and has not ended */
	bool padding;			/* zero bytes after the last member */
	uint64_t members;
	size_t wanted;			/* lz4: what it wants to see next, 0 at the start of a frame */
	union {
		z_stream z;
#ifdef HAVE_ZSTD
		ZSTD_DStream *zstd;
#endif
#ifdef HAVE_LZ4
		LZ4F_dctx *lz4;
#endif
	} u;
};

/* How one library decodes: step() uses some of *in, fills some of the room, and says whether a member ended with it. */
struct codec {
	const char *name;
	slice magic;
	void (*init)(struct inflate *);
	bool (*step)(struct inflate *, slice *in, uint8_t *out, size_t room, size_t *n_r, bool *ended_r);
	void (*reset)(struct inflate *);
	void (*fini)(struct inflate *);
	bool single;			/* no member follows the first */
};

static void
gzip_init(struct inflate *z)
{
	CHECK(inflateInit2(&z->u.z, 15 + 16) == Z_OK);		/* + 16: a gzip header, and nothing else */
}

static bool
gzip_step(struct inflate *z, slice *in, uint8_t *out, size_t room, size_t *n_r, bool *ended_r)
{
	z_stream *s = &z->u.z;
	uInt given = in->n > INT_MAX ? INT_MAX : (uInt)in->n;
	uInt free_ = room > INT_MAX ? INT_MAX : (uInt)room;
	int result;

	s->next_in = (z_const Bytef *)(uintptr_t)in->p;
	s->avail_in = given;
	s->next_out = out;
	s->avail_out = free_;
	result = inflate(s, Z_NO_FLUSH);
	*in = slice_drop(*in, given - s->avail_in);
	*n_r = free_ - s->avail_out;
	*ended_r = result == Z_STREAM_END;
	if (*ended_r)
		CHECK(inflateReset(s) == Z_OK);
	return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
}

static void
deflate_init(struct inflate *z)
{
	CHECK(inflateInit2(&z->u.z, -15) == Z_OK);		/* negative: no header at all */
}

static void
gzip_reset(struct inflate *z)
{
	CHECK(inflateReset(&z->u.z) == Z_OK);
}

static void
gzip_fini(struct inflate *z)
{
	inflateEnd(&z->u.z);
}

#ifdef HAVE_ZSTD
static void
zstd_init(struct inflate *z)
{
	z->u.zstd = ZSTD_createDStream();
	if (z->u.zstd == NULL)
		die("out of memory");
}

static bool
zstd_step(struct inflate *z, slice *in, uint8_t *out, size_t room, size_t *n_r, bool *ended_r)
{
	ZSTD_inBuffer from = { in->p, in->n, 0 };
	ZSTD_outBuffer to = { out, room, 0 };
	size_t left = ZSTD_decompressStream(z->u.zstd, &to, &from);

	*in = slice_drop(*in, from.pos);
	*n_r = to.pos;
	*ended_r = left == 0;
	return !ZSTD_isError(left);
}

static void
zstd_reset(struct inflate *z)
{
	CHECK(!ZSTD_isError(ZSTD_initDStream(z->u.zstd)));
}

static void
zstd_fini(struct inflate *z)
{
	ZSTD_freeDStream(z->u.zstd);
}
#endif

#ifdef HAVE_LZ4
static void
lz4_init(struct inflate *z)
{
	if (LZ4F_isError(LZ4F_createDecompressionContext(&z->u.lz4, LZ4F_VERSION)))
		die("out of memory");
}

/* On an error the library does not tell what it wrote before; so it is given no more than it wants, a block at a time. */
static bool
lz4_step(struct inflate *z, slice *in, uint8_t *out, size_t room, size_t *n_r, bool *ended_r)
{
	enum { SMALLEST_HEADER = 7 };
	size_t wanted = z->wanted ? z->wanted : SMALLEST_HEADER;
	size_t used = in->n < wanted ? in->n : wanted, hint;

	*n_r = room;
	hint = LZ4F_decompress(z->u.lz4, out, n_r, in->p, &used, NULL);
	if (LZ4F_isError(hint)) {
		*n_r = 0;
		return false;
	}
	*in = slice_drop(*in, used);
	z->wanted = hint;
	*ended_r = hint == 0;
	return true;
}

static void
lz4_reset(struct inflate *z)
{
	LZ4F_resetDecompressionContext(z->u.lz4);
	z->wanted = 0;
}

static void
lz4_fini(struct inflate *z)
{
	LZ4F_freeDecompressionContext(z->u.lz4);
}
#endif

static const struct codec codecs[] = {
	[INFLATE_NONE] = { .name = "" },
	[INFLATE_GZIP] = { "gzip", SLICE("\x1f\x8b\x08"), gzip_init, gzip_step, gzip_reset, gzip_fini, false },
#ifdef HAVE_ZSTD
	[INFLATE_ZSTD] = { "zstd", SLICE("\x28\xb5\x2f\xfd"), zstd_init, zstd_step, zstd_reset, zstd_fini, false },
#else
	[INFLATE_ZSTD] = { .name = "zstd", .magic = SLICE("\x28\xb5\x2f\xfd") },
#endif
#ifdef HAVE_LZ4
	[INFLATE_LZ4] = { "lz4", SLICE("\x04\x22\x4d\x18"), lz4_init, lz4_step, lz4_reset, lz4_fini, false },
#else
	[INFLATE_LZ4] = { .name = "lz4", .magic = SLICE("\x04\x22\x4d\x18") },
#endif
	[INFLATE_DEFLATE] = { "deflate", { NULL, 0 }, deflate_init, gzip_step, gzip_reset, gzip_fini, true },
};

enum inflate_kind
inflate_detect(slice head)
{
	for (enum inflate_kind k = INFLATE_GZIP; k <= INFLATE_LZ4; k++)
		if (slice_starts(head, codecs[k].magic))
			return k;
	return INFLATE_NONE;
}

bool
inflate_built_in(enum inflate_kind kind)
{
	return codecs[kind].init != NULL;
}

const char *
inflate_name(enum inflate_kind kind)
{
	return codecs[kind].name;
}

struct inflate *
inflate_new(enum inflate_kind kind)
{
	struct inflate *z = xcalloc(1, sizeof *z);

	CHECK(inflate_built_in(kind));
	z->codec = &codecs[kind];
	z->codec->init(z);
	return z;
}

void
inflate_free(struct inflate **zp)
{
	if (*zp == NULL)
		return;
	(*zp)->codec->fini(*zp);
	free(*zp);
	*zp = NULL;
}

void
inflate_reset(struct inflate *z)
{
	z->codec->reset(z);
	z->inside = z->padding = false;
	z->members = 0;
}

/* Between members: padding is passed over. False: something else follows the last member. */
static bool
begin_member(struct inflate *z, slice *in)
{
	while (z->members > 0 && in->n > 0 && in->p[0] == 0) {
		*in = slice_drop(*in, 1);
		z->padding = true;
	}
	if (in->n > 0) {
		if (z->padding)
			return false;
		z->inside = true;
	}
	return true;
}

bool
inflate_run(struct inflate *z, slice *in, uint8_t *out, size_t room, size_t *n_r)
{
	*n_r = 0;
	for (;;) {
		size_t before = in->n, n = 0;
		bool ended = false, sound;

		if (z->codec->single && z->members > 0)
			return true;
		if (!z->inside && !begin_member(z, in))
			return false;
		if (!z->inside || *n_r == room)
			return true;
		sound = z->codec->step(z, in, out + *n_r, room - *n_r, &n, &ended);
		*n_r += n;
		if (!sound)
			return false;
		if (ended) {
			z->inside = false;
			z->members++;
		} else if (n == 0 && in->n == before) {
			return true;		/* it wants more input */
		}
	}
}

bool
inflate_whole(const struct inflate *z)
{
	return !z->inside && z->members > 0;
}

uint32_t
inflate_crc32(uint32_t sum, slice s)
{
	return (uint32_t)crc32_z(sum, s.p, s.n);
}
