/*
 * save_job.h - what save.c knows of the kinds of saving (save_*.c). Nobody else includes this.
 *
 * Whatever a kind warns of is caught by save.c, and told where it failed.
 */
#ifndef SAVE_JOB_H
#define SAVE_JOB_H

#include "options/options.h"
#include "tui/host.h"

struct tee;

struct save_order {
	const struct options *options;
	struct tee *tee;
	struct model *model;
	const struct save_request *request;
	const char *path;		/* what is written is called so; never "-" */
};

struct save_kind {
	void *(*open)(const struct save_order *);	/* NULL: warned why */
	/* A slice. 1: more; 0: done, *said tells what was written; -1: failed, warned why. Frees itself unless 1. */
	int  (*work)(void *self, nstime until, unsigned *percent_r, struct buf *said);
	void (*stop)(void *self);			/* leaves nothing half-written, frees itself */
};

extern const struct save_kind save_replay;		/* whatever a sink writes */
extern const struct save_kind save_part;		/* one part of a message */
extern const struct save_kind save_words;		/* a text that the screen made */
extern const struct save_kind save_packets;

/* ", 12,345 bytes in PATH" */
void save_say_size(struct buf *out, uint64_t bytes, const char *path);

#endif
