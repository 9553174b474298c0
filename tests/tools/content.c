/*
 * content.c - is what the screen reads back of messages what was sent?
 *
 *	content [-m BYTES] CAPTURE...
 *
 * Captures are remembered (model/recorder/recorder.h, -m: in so many bytes), and each message and each of its parts is read back
 * (model/message/content.h): its digest must be the record's, its size too, and a message is told as not whole if it is not. With -m
 * that is too small some is let go: what is said to be whole must still be right. Prints what differs, and last how many were
 * read and how many of them were let go; exit 1 if one differed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "model/list/list.h"
#include "model/message/content.h"
#include "model/recorder/recorder.h"

enum { PARTS = 50 };			/* read of one message at its beginning, and at its end: each one's reading walks all of it */

static unsigned messages, parts, gone, wrong;
static struct model *model;

static bool
give(void *self, struct news_batch *batch)
{
	(void)self;
	model_take(model, &batch);
	return true;
}

static void
no_note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	(void)self, (void)f, (void)packet, (void)time, (void)offset, (void)detail;
}

static bool
take(void *self, slice piece)
{
	digests_feed(self, piece);
	return true;
}

static void
complain(const struct rec_message *m, const struct rec_part *p, const char *what, uint64_t want, uint64_t got)
{
	wrong++;
	printf("session %" PRIu64 " message %" PRIu32 " part %" PRIu32 ": %s: %" PRIu64 " expected, %" PRIu64 " read\n",
	    m->session->number, m->index, p ? p->number : 0, what, want, got);
}

/* In slices of no time at all. */
static void
read_all(struct content *c, struct digests *d)
{
	content_take(c, take, d);
	while (content_work(c, 0))
		;
}

static void
check(uint32_t item, const struct rec_message *m, const struct rec_part *p)
{
	struct content *c = content_open(model, item, p ? p->number : 0, p ? CONTENT_BYTES : CONTENT_RAW);
	struct digests *d = digests_new(DIGEST_SHA256);
	uint64_t size = p ? p->size : m->size, missing = p ? p->missing : m->missing;
	bool has = p ? p->has_sha256 : m->has_sha256;
	uint8_t digest[SHA256_SIZE];

	read_all(c, d);
	digests_finish(d, digest, NULL, NULL);
	if (!content_over(c))
		complain(m, p, "it is over", 1, 0);
	else if (content_gone(c))
		gone++;
	else if (content_size(c) != size)
		complain(m, p, "size", size, content_size(c));
	else if (has && memcmp(digest, p ? p->sha256 : m->sha256, SHA256_SIZE) != 0)
		complain(m, p, "digest", m->sha256[0], digest[0]);
	else if (!p && content_missing(c) != missing)
		complain(m, p, "missing", missing, content_missing(c));
	if (content_gone(c) && content_gaps(c) == 0 && !p && content_size(c) == size && size > 0)
		complain(m, p, "gone, and nothing is missing", 0, 0);
	digests_free(&d);
	content_close(&c);
}

static size_t
count_lines(slice s)
{
	size_t n = 0, at;

	for (; slice_find(s, '\n', &at); s = slice_drop(s, at + 1))
		n++;
	return n;
}

/* Its fields, in order, are in what is kept of its header; text of a text part is text. */
static void
check_header(uint32_t item, const struct rec_message *m)
{
	struct content *c = content_open(model, item, 0, CONTENT_HEADER);
	uint64_t told = 0;

	while (content_work(c, 0))
		;
	for (size_t i = 0; i < content_fields(c); i++) {
		struct content_field f = content_field_at(c, i);

		told += count_lines(f.raw);
		if (!slice_starts(f.raw, f.name) || f.name.n == 0)
			complain(m, NULL, "field", i, f.name.n);
	}
	if (m->whole && !content_gone(c) && count_lines(content_bytes(c)) < told)
		complain(m, NULL, "lines of fields", told, count_lines(content_bytes(c)));
	content_close(&c);
}

static void
check_text(uint32_t item, const struct rec_message *m, const struct rec_part *p)
{
	struct content *c = content_open(model, item, p->number, CONTENT_TEXT);

	while (content_work(c, 0))
		;
	if (content_size(c) == 0 && p->size > 0 && p->whole && !content_gone(c) && slice_eq(p->content_type, S("text/plain")) && p->path.p != NULL)
		complain(m, p, "text", p->size, 0);
	content_close(&c);
}

static void
check_message(uint32_t item, const struct rec_message *m)
{
	messages++;
	check(item, m, NULL);
	check_header(item, m);
	for (size_t i = 0; i < m->npart; i++) {
		if (m->part[i].kind == PART_MULTIPART || (i >= PARTS && i + PARTS < m->npart))
			continue;
		parts++;
		check(item, m, &m->part[i]);
		check_text(item, m, &m->part[i]);
	}
}

static void
check_all(void)
{
	struct desk *desk = desk_new();

	for (uint32_t i = model_first(model); i < model_end(model); i++) {
		const struct item *item = model_item(model, i);
		struct unit u;

		if (item == NULL || item->kind != ITEM_MESSAGE)
			continue;
		if (model_read(model, i, desk, &u) && u.message != NULL && u.message->has_content)
			check_message(i, u.message);
	}
	desk_free(&desk);
}

static void
run(const char *path, size_t memory)
{
	const struct file_options file = { .path = &path, .npath = 1, .linktype_known = decode_linktype_known, .user = { NULL, no_note } };
	struct source source;
	struct engine_options options = { .source = &source, .memory = LIMIT_MEMORY, .keep = recorder_keeps(false) };
	struct recorder_options recorder = { .give = give };
	struct engine_result result;
	struct engine *e;
	struct sink sink;
	int status;

	if (file_open(&file, &source, &status) != 0)
		return;
	e = engine_new(&options);
	recorder.vault = vault_new(memory);
	recorder.fold = engine_fold(e);
	model = model_new(recorder.vault, LIMIT_MEMORY);
	recorder_open(&recorder, &sink);
	engine_add_sink(e, &sink);
	engine_run(e, &result);
	check_all();
	engine_free(&e);
	source.close(source.self);
	model_free(&model);
	vault_free(&recorder.vault);
}

int
main(int argc, char **argv)
{
	size_t memory = 1024 * MiB;
	int option;

	while ((option = getopt(argc, argv, "m:")) == 'm')
		memory = (size_t)strtoull(optarg, NULL, 10);
	for (int i = optind; i < argc; i++) {
		unsigned before = wrong;

		run(argv[i], memory);
		if (wrong > before)
			printf("^^^ %s\n", argv[i]);
	}
	printf("%u messages, %u parts, %u let go, %u differ\n", messages, parts, gone, wrong);
	return wrong > 0;
}
