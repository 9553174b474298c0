/*
 * host.h - what the screen asks of the program around it: files.
 *
 * The screen knows the model and nothing else; sinks, captures and programs
 * are its host's (src/host/save.h). Tests have a host of their own.
 */
#ifndef HOST_H
#define HOST_H

#include "model/model.h"

enum save_format { SAVE_PCAP, SAVE_EML, SAVE_PARTS, SAVE_TEXT, SAVE_LADDER, SAVE_JSON, SAVE_CSV, SAVE_FORMATS };

struct save_request {
	enum save_format format;
	const char *path;		/* file, or directory (eml, parts) */
	const uint32_t *item;		/* sessions, attempts, messages; copied */
	size_t n;
	uint32_t part;			/* SAVE_PARTS: only this part of the one message, whatever it is; 0: all that have a file name */
	bool messages;			/* csv: rows are messages */
	const char *const *column;	/* csv: names of fields */
	size_t ncolumn;
	slice text;			/* SAVE_LADDER, and SAVE_CSV if it is not empty: what is written */
};

struct save;

struct host {
	void *self;
	/* NULL: why, in a sentence. Nothing is ever overwritten. */
	struct save *(*save)(void *self, struct model *, const struct save_request *, struct buf *why);
	/* A slice of it. 1: more; 0: done, *said tells what was written; -1: failed, *said tells why. Frees it unless 1. */
	int  (*save_work)(void *self, struct save **, nstime until, unsigned *percent_r, struct buf *said);
	void (*save_stop)(void *self, struct save **);		/* leaves nothing half-written */
	/* The transcripts of the items to standard output; the terminal is the user's meanwhile. */
	void (*print)(void *self, struct model *, const uint32_t *item, size_t n);
	/* A program to read what is written to the descriptor; runs until it is closed. 1: the person did not want it; -1: said on stderr. */
	int  (*pipe_open)(void *self, const char *command, int *fd_r);
	int  (*pipe_close)(void *self, int fd);			/* its exit status */
};

#endif
