/*
 * remember.h - a capture through the engine into a recorder, a vault and a
 * model, for tests of what is made of them.
 */
#ifndef REMEMBER_H
#define REMEMBER_H

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "model/model.h"
#include "model/recorder/recorder.h"

struct memory { struct vault *vault; struct model *model; };

static inline void
memory_note(void *self, enum finding f, uint64_t packet, nstime time, uint64_t offset, slice detail)
{
	struct engine **engine = self;

	if (*engine != NULL)
		engine_note(*engine, f, packet, time, offset, detail);
}

static inline bool
memory_take(void *self, struct news_batch *b)
{
	struct memory *m = self;

	model_take(m->model, &b);
	return true;
}

/* packets: read so many, and leave the run as it is then; 0: all. False: it cannot be opened. */
static inline bool
remember(struct memory *m, const char *capture, size_t vault, uint64_t packets, bool secrets)
{
	struct engine *engine = NULL;
	struct file_options file = {
		.path = &capture, .npath = 1, .quiet = true, .linktype_known = decode_linktype_known, .user = { &engine, memory_note },
	};
	static const uint16_t ports[] = { 25, 587 };
	struct engine_options e = { .memory = LIMIT_MEMORY, .mail_port = ports, .nmail_port = 2, .keep = recorder_keeps(secrets), .stop_packets = packets };
	struct recorder_options o = { .secrets = secrets, .give = memory_take, .self = m };
	struct engine_result result;
	struct source source;
	struct sink sink;
	int status;

	if (file_open(&file, &source, &status) != 0)
		return false;
	e.source = &source;
	o.vault = m->vault = vault_new(vault);
	m->model = model_new(m->vault, 64 * MiB);
	engine = engine_new(&e);
	o.fold = engine_fold(engine);
	recorder_open(&o, &sink);
	engine_add_sink(engine, &sink);
	engine_run(engine, &result);
	engine_free(&engine);
	source.close(source.self);
	return true;
}

static inline void
forget_all(struct memory *m)
{
	model_free(&m->model);
	vault_free(&m->vault);
}

/* The n-th item of a kind, from 0; NO_ITEM: there are fewer. */
static inline uint32_t
nth_item(const struct memory *m, enum item_kind kind, unsigned n)
{
	for (uint32_t i = model_first(m->model); i < model_end(m->model); i++)
		if (model_item(m->model, i) != NULL && model_item(m->model, i)->kind == kind && n-- == 0)
			return i;
	return NO_ITEM;
}

#endif
