/*
 * replay.c - does what is remembered say what was heard?
 *
 *	replay CAPTURE DIR [VAULT [full|secrets]]
 *
 * Writes into DIR, for each output, what it says when it listens to the engine (direct-NAME), when what the model remembers
 * is replayed to it (replay-NAME), and when only every other message is (chosen-NAME). VAULT: bytes that the vault may take.
 * full: outputs are asked for all that they can tell; secrets: for credentials. Sessions are replayed in the order in which they ended, which is the
 * order of their records.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/machine.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "model/list/list.h"
#include "model/message/replay.h"
#include "model/recorder/recorder.h"
#include "sink/sinks.h"
#include "sink/spool.h"

static const char *const outputs[] = { "text", "json", "events", "csv", "eml", "parts", "mbox", "log", "lines" };
enum { OUTPUTS = sizeof outputs / sizeof outputs[0] };

static struct output_options options = { .json_max = 64 * MiB, .digits = 6, .digests = WANT_SHA256, .judged = true };
static struct columns columns;
static unsigned keep = FOLD_MESSAGES;
static const char *folder;

/* --- the engine's runs --- */

static void
on_note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct engine **engine = self;

	if (*engine != NULL)
		engine_note(*engine, f, packet, time, offset, detail);
}

typedef void opener(void *self, const struct fold *, struct sink *sink_r);

static void
run(const char *capture, unsigned keeps, opener *open, void *self)
{
	struct engine *engine = NULL;
	struct file_options file = {
		.path = &capture, .npath = 1, .quiet = true, .linktype_known = decode_linktype_known, .user = { &engine, on_note },
	};
	static const uint16_t ports[] = { 25, 465, 587 };
	struct engine_options e = { .memory = LIMIT_MEMORY, .keep = keeps, .mail_port = ports, .nmail_port = 3 };
	struct engine_result result;
	struct source source;
	struct sink sink;
	int status;

	if (file_open(&file, &source, &status) != 0)
		exit(0);				/* nothing can be read of it: nothing to compare */
	e.source = &source;
	engine = engine_new(&e);
	open(self, engine_fold(engine), &sink);
	engine_add_sink(engine, &sink);
	engine_run(engine, &result);
	engine_free(&engine);
	source.close(source.self);
}

struct named { const char *prefix, *name; };

static void
open_output(void *self, const struct fold *fold, struct sink *sink_r)
{
	const struct named *n = self;
	const struct sink_format *format = sink_format_find(slice_of(n->name));
	char path[4096];
	struct output out = { .format = n->name, .path = path };

	snprintf(path, sizeof path, "%s/%s-%s", folder, n->prefix, n->name);
	if (format->open(&out, &options, fold, sink_r) != 0)
		exit(1);
}

/* --- what is remembered --- */

struct memory {
	struct vault *vault;
	struct model *model;
	struct sink recorder;
	uint64_t *session;		/* in the order of their records; 0: another record */
	size_t n, cap;
};

static bool
take(void *self, struct news_batch *b)
{
	struct memory *m = self;

	model_take(m->model, &b);
	return true;
}

static int
pass_event(void *self, const struct event *e)
{
	struct memory *m = self;

	return m->recorder.ops->event(m->recorder.self, e);
}

static int
pass_record(void *self, const struct record *r)
{
	struct memory *m = self;

	if (r->kind == REC_SESSION || r->kind == REC_ATTEMPT || r->kind == REC_FINDING) {
		if (m->n == m->cap) {
			m->cap = m->cap ? 2 * m->cap : 16;
			m->session = xrealloc(m->session, m->cap, sizeof *m->session);
		}
		m->session[m->n++] = r->kind == REC_SESSION ? r->u.session->number : 0;
	}
	return m->recorder.ops->record(m->recorder.self, r);
}

static int
pass_close(void *self, bool failed)
{
	struct memory *m = self;

	return m->recorder.ops->close(m->recorder.self, failed);
}

static void
open_recorder(void *self, const struct fold *fold, struct sink *sink_r)
{
	static const struct sink_ops ops = { .name = "order", .event = pass_event, .record = pass_record, .close = pass_close };
	struct memory *m = self;
	struct recorder_options o = { .vault = m->vault, .fold = fold, .give = take, .self = m, .secrets = options.show_secrets };

	recorder_open(&o, &m->recorder);
	*sink_r = (struct sink){ &ops, m, m->recorder.wants };
}

static uint32_t
next_single(const struct model *m, uint32_t at)
{
	while (at < model_end(m) && model_item(m, at)->kind != ITEM_ATTEMPT && model_item(m, at)->kind != ITEM_LONE)
		at++;
	return at;
}

/* All, or every other message. */
static size_t
choose(const struct memory *m, bool all, uint32_t *item)
{
	uint32_t single = 0, messages = 0;
	size_t n = 0;

	for (size_t i = 0; all && i < m->n; i++)
		if (m->session[i] != 0) {
			item[n++] = model_find(m->model, m->session[i]);
		} else {
			single = next_single(m->model, single);
			item[n++] = single++;
		}
	for (uint32_t i = 0; !all && i < model_end(m->model); i++)
		if (model_item(m->model, i)->kind == ITEM_MESSAGE && messages++ % 2 == 0)
			item[n++] = i;
	return n;
}

static void
replay_to(const struct memory *m, bool all, const char *name)
{
	uint32_t *item = xcalloc(model_end(m->model), sizeof *item);
	struct replay_options o = { .item = item, .n = choose(m, all, item), .keep = keep, .ends = strcmp(name, "csv") == 0 };
	struct named where = { all ? "replay" : "chosen", name };
	struct replay *r = replay_new(m->model, &o);
	unsigned percent = 0;
	struct sink sink;
	int status;

	free(item);
	open_output(&where, replay_fold(r), &sink);
	replay_sink(r, &sink);
	while ((status = replay_work(r, machine_steady())) == 1) {
		CHECK(replay_percent(r) >= percent && replay_percent(r) <= 100);
		percent = replay_percent(r);
	}
	CHECK(status == 0 && replay_percent(r) == 100);
	if (all && strcmp(name, "eml") == 0 && replay_gone(r) > 0)
		printf("%ju let go\n", (uintmax_t)replay_gone(r));
	if (replay_free(&r, false) != 0)
		exit(1);
}

int
main(int argc, char **argv)
{
	struct memory m = { 0 };

	if (argc < 3)
		return 2;
	folder = argv[2];
	columns_init(&columns);
	options.columns = &columns;
	options.spool = spool_new(LIMIT_SPOOL);
	if (argc > 4 && strcmp(argv[4], "secrets") == 0) {
		options.show_secrets = true;
		keep |= FOLD_SECRETS;
	} else if (argc > 4) {
		options.verbose = 2;
		options.all_headers = options.all_parts = options.digest_all = true;
		options.digests = WANT_SHA256 | WANT_SHA1 | WANT_MD5;
		keep |= FOLD_HEADERS;
	}
	for (int i = 0; i < OUTPUTS; i++)
		run(argv[1], keep, open_output, &(struct named){ "direct", outputs[i] });
	m.vault = vault_new(argc > 3 ? (size_t)strtoull(argv[3], NULL, 10) : 256 * MiB);
	m.model = model_new(m.vault, 256 * MiB);
	run(argv[1], recorder_keeps(options.show_secrets), open_recorder, &m);
	for (int i = 0; i < OUTPUTS; i++) {
		replay_to(&m, true, outputs[i]);
		replay_to(&m, false, outputs[i]);
	}
	model_free(&m.model);
	vault_free(&m.vault);
	free(m.session);
	spool_free(&options.spool);
	return 0;
}
