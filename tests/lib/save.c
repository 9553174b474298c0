/*
 * save.c - a talk as a capture file: pcap, or pcapng when the name ends so
 * (one interface for each link type, keys in a Decryption Secrets Block).
 * Little-endian throughout. What a talk wants done to the file as a whole
 * (bytes overwritten, end cut off, gzip) is done last.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "talk.h"

enum { BLOCK_SHB = 0x0a0d0d0a, BLOCK_IDB = 1, BLOCK_EPB = 6, BLOCK_DSB = 10, TLS_KEY_LOG = 0x544c534b };
enum { OPTION_DROPCOUNT = 4, OPTION_TSRESOL = 9, INTERFACES = 8 };

struct writer {
	const struct talk *talk;
	bool pcapng;
	enum link interface[INTERFACES];
	uint32_t ninterface;
	uint32_t on;			/* interface of the packet being written */
	nstime time;
	uint64_t dropped;		/* since the frame that was written last */
	struct buf out;
};

static void
put16(struct buf *b, unsigned v)
{
	buf_add_byte(b, (uint8_t)v);
	buf_add_byte(b, (uint8_t)(v >> 8));
}

static void
put32(struct buf *b, uint32_t v)
{
	put16(b, v & 0xffff);
	put16(b, v >> 16);
}

static void
put_block(struct buf *out, uint32_t type, slice body)
{
	uint32_t padded = (uint32_t)(body.n + 3) & ~3u;

	put32(out, type);
	put32(out, padded + 12);
	buf_add(out, body);
	for (uint32_t i = (uint32_t)body.n; i < padded; i++)
		buf_add_byte(out, 0);
	put32(out, padded + 12);
}

static void
put_pcap_header(struct writer *w)
{
	put32(&w->out, w->talk->nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
	put16(&w->out, 2);
	put16(&w->out, 4);
	put32(&w->out, 0);
	put32(&w->out, 0);
	put32(&w->out, w->talk->snaplen);
	put32(&w->out, w->interface[0]);
}

static void
put_interface(struct writer *w, enum link link)
{
	struct buf body;

	buf_init(&body, 64);
	put16(&body, link);
	put16(&body, 0);
	put32(&body, w->talk->snaplen);
	put16(&body, OPTION_TSRESOL);
	put16(&body, 1);
	put32(&body, w->talk->nanoseconds ? 9 : 6);
	put32(&body, 0);
	put_block(&w->out, BLOCK_IDB, buf_slice(&body));
	buf_fini(&body);
}

static void
put_keys(struct writer *w)
{
	struct buf body;

	buf_init(&body, SIZE_MAX / 2);
	put32(&body, TLS_KEY_LOG);
	put32(&body, (uint32_t)w->talk->keylog.n);
	buf_add(&body, buf_slice(&w->talk->keylog));
	put_block(&w->out, BLOCK_DSB, buf_slice(&body));
	buf_fini(&body);
}

static void
put_pcapng_header(struct writer *w)
{
	put_block(&w->out, BLOCK_SHB, S("\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"));
	for (uint32_t i = 0; i < w->ninterface; i++)
		put_interface(w, w->interface[i]);
	if (w->talk->keylog.n > 0)
		put_keys(w);
}

/* Between the packet before and this one. */
static void
put_dropped(struct writer *w, struct buf *body)
{
	while (body->n % 4 != 0)
		buf_add_byte(body, 0);
	put16(body, OPTION_DROPCOUNT);
	put16(body, 8);
	put32(body, (uint32_t)w->dropped);
	put32(body, (uint32_t)(w->dropped >> 32));
	put32(body, 0);
	w->dropped = 0;
}

static void
put_frame(void *self, slice frame)
{
	struct writer *w = self;
	slice kept = slice_take(frame, w->talk->snaplen);
	nstime unit = w->talk->nanoseconds ? 1 : 1000;
	struct buf body;

	buf_init(&body, SIZE_MAX / 2);
	if (w->pcapng) {
		put32(&body, w->on);
		put32(&body, (uint32_t)((uint64_t)(w->time / unit) >> 32));
		put32(&body, (uint32_t)(w->time / unit));
	} else {
		put32(&body, (uint32_t)(w->time / NSTIME_S));
		put32(&body, (uint32_t)(w->time % NSTIME_S / unit));
	}
	put32(&body, (uint32_t)kept.n);
	put32(&body, (uint32_t)frame.n);
	buf_add(&body, kept);
	if (w->pcapng && w->dropped > 0)
		put_dropped(w, &body);
	if (w->pcapng)
		put_block(&w->out, BLOCK_EPB, buf_slice(&body));
	else
		buf_add(&w->out, buf_slice(&body));
	buf_fini(&body);
}

static uint32_t
interface_of(struct writer *w, enum link link)
{
	uint32_t i = 0;

	while (i < w->ninterface && w->interface[i] != link)
		i++;
	CHECK(i < INTERFACES);
	if (i == w->ninterface)
		w->interface[w->ninterface++] = link;
	return i;
}

static void
patch_and_chop(const struct talk *t, struct buf *out)
{
	struct patch patch;

	for (size_t i = 0; i + sizeof patch <= t->patch.n; i += sizeof patch) {
		memcpy(&patch, t->patch.p + i, sizeof patch);
		if (patch.offset + patch.n <= out->n)
			memcpy(out->p + patch.offset, patch.byte, patch.n);
	}
	out->n -= t->chop < out->n ? t->chop : out->n;
}

static void
compress_all(struct buf *out)
{
	z_stream z = { .next_in = out->p, .avail_in = (uInt)out->n };
	size_t room = out->n + out->n / 100 + 64;
	uint8_t *packed = xcalloc(room, 1);

	CHECK(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	z.next_out = packed;
	z.avail_out = (uInt)room;
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	buf_clear(out);
	buf_add(out, (slice){ packed, z.total_out });
	deflateEnd(&z);
	free(packed);
}

static bool
write_all(const char *path, slice bytes)
{
	FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
	bool good = f != NULL && fwrite(bytes.p, 1, bytes.n, f) == bytes.n;

	if (f != NULL && (f == stdout ? fflush(f) : fclose(f)) != 0)
		good = false;
	if (!good)
		perror(path);
	return good;
}

bool
save_file(const struct talk *t, const char *path)
{
	const char *dot = strrchr(path, '.');
	struct writer w = { .talk = t, .pcapng = t->pcapng || (dot != NULL && strcmp(dot, ".pcapng") == 0) };
	bool good = true;

	buf_init(&w.out, SIZE_MAX / 2);
	for (size_t i = 0; i < t->nsession; i++)
		interface_of(&w, t->session[i].link);
	if ((w.ninterface > 1 || t->keylog.n > 0) && !w.pcapng) {
		fprintf(stderr, "talk: %s: several link types, or keys, need pcapng\n", path);
		return false;
	}
	if (w.ninterface == 0)
		interface_of(&w, t->model.link);
	(w.pcapng ? put_pcapng_header : put_pcap_header)(&w);
	for (size_t i = 0; i < t->npacket; i++) {
		w.on = interface_of(&w, t->session[t->packet[i].session].link);
		w.time = t->packet[i].time;
		w.dropped += t->packet[i].dropped;
		if (!t->packet[i].lost)
			wire_frames(t, &t->packet[i], put_frame, &w);
	}
	if (t->gzip)
		compress_all(&w.out);
	patch_and_chop(t, &w.out);
	good = write_all(path, buf_slice(&w.out));
	buf_fini(&w.out);
	return good;
}
