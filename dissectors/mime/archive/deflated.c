#include "deflated.h"

#include "base/inflate.h"
#include "base/limits.h"

enum { ZLIB_HEADER = 2, BLOCK = 4096, STATE = 48 * 1024 };

void
deflated_init(struct deflated *d, bool zlib, void *self, void (*bytes)(void *self, slice))
{
	*d = (struct deflated){ .self = self, .bytes = bytes, .skip = zlib ? ZLIB_HEADER : 0 };
	d->z = inflate_new(INFLATE_DEFLATE);
}

static bool
is_bomb(const struct deflated *d)
{
	return d->unpacked > LIMIT_ARCHIVE_FREE && d->unpacked / LIMIT_ARCHIVE_RATIO > d->packed;
}

/*
 * Returns false if nothing more comes out of this input. A bomb is looked for where whole blocks of the output end, so that
 * the answer does not depend on the cuts of the input.
 */
static bool
unpack_some(struct deflated *d, slice *in)
{
	uint8_t out[BLOCK];
	size_t room = BLOCK - d->unpacked % BLOCK, before = in->n, n;
	bool sound = inflate_run(d->z, in, out, room, &n);

	d->packed += before - in->n;
	d->unpacked += n;
	if (n > 0)
		d->bytes(d->self, (slice){ out, n });
	d->truncated |= n == room && is_bomb(d);
	if (!sound || d->truncated)
		inflate_free(&d->z);
	return n == room && d->z != NULL;
}

void
deflated_feed(struct deflated *d, slice in)
{
	size_t skipped = d->skip < in.n ? d->skip : in.n;

	d->skip = (uint8_t)(d->skip - skipped);
	in = slice_drop(in, skipped);
	if (d->z == NULL || in.n == 0)
		return;
	while (unpack_some(d, &in))
		;
}

bool
deflated_whole(const struct deflated *d)
{
	return d->z != NULL && inflate_whole(d->z);
}

void
deflated_fini(struct deflated *d)
{
	inflate_free(&d->z);
}

size_t
deflated_memory(const struct deflated *d)
{
	return d->z != NULL ? STATE : 0;
}
