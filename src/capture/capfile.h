/*
 * capfile.h - one capture file being read, whatever its format.
 *
 * A format is a constant table: it recognises the first bytes, reads its
 * header, and gives packet after packet. Damage is told through
 * capfile_damage(): a finding, and one line on stderr for each file. A format
 * gives no number and keeps no count: that is file.c's.
 */
#ifndef CAPFILE_H
#define CAPFILE_H

#include "base/buf.h"
#include "cursor.h"
#include "source.h"

/* What all files of one source share. */
struct intake {
	struct source_user user;
	bool quiet;
	struct ring *ring;
	struct buf secrets;		/* TLS key log lines */
	uint64_t number;		/* of the last frame given out, and its time: where a finding is said to be */
	nstime time;
	uint64_t dropped;		/* and the next three: as in source_stats */
	struct drops drops;
	nstime counted, rising;
	bool damaged, unreadable;
	_Atomic uint64_t taken;		/* bytes from the disk */
};

struct capfile;

struct format {
	const char *name;
	bool (*recognise)(slice magic);				/* the first CAPFILE_MAGIC bytes */
	enum got (*open)(struct capfile *, void **state_r);	/* reads the header; END: it is cut */
	/* FRAME (all but number and input are set), NONE, or END: nothing more can be read; what is left at the cursor was cut off. */
	enum source_result (*next)(struct capfile *, void *state, struct frame *);
	void (*close)(struct capfile *, void *state);
};

enum { CAPFILE_MAGIC = 4 };

extern const struct format pcap_format, pcapng_format;

struct capfile {
	struct intake *in;
	struct cursor cursor;
	const struct format *format;	/* NULL until the first bytes are here */
	void *state;			/* the format's */
	char *name;			/* fit for a terminal */
	uint64_t size;			/* on the disk, 0: not known */
	nstime last;			/* time of the packet before, or NSTIME_NONE */
	uint32_t input;
	unsigned damages;		/* places that were told of, or would have been but for LIMIT_DAMAGES */
	bool said;			/* on stderr */
	bool packed;			/* compressed: offsets count decompressed bytes */
	bool backwards;			/* time ran backwards, and it was said */
	bool finished;
};

struct capfile_options {
	const char *path;
	uint32_t input;
	size_t block_size;
	bool ahead;			/* decompress on a thread */
	bool later;			/* nothing is read before the first next() */
};

/* NULL: it cannot be read or is no capture, error_r says why. If its first bytes have not come yet, that is found out by next(). */
struct capfile *capfile_new(struct intake *, const struct capfile_options *, struct input_error *error_r);
/* The same over an input of the caller's. */
struct capfile *capfile_over(struct intake *, const char *name, const struct input *, struct input_error *error_r);
void capfile_free(struct capfile **);
enum source_result capfile_next(struct capfile *, struct frame *);

/* Tells that the file is damaged there. The first LIMIT_DAMAGES of a file are findings; how it ends always is. */
void capfile_damage(struct capfile *, enum finding, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Keeps TLS key log lines, within LIMIT_SECRETS. */
void capfile_secrets(struct capfile *, slice);
/* Do the first CAPFILE_MAGIC bytes of a file say so? */
bool capfile_is_capture(slice magic);
/* A path fit for one line on a terminal. */
void capfile_name(const char *path, char *buf, size_t size);

void intake_init(struct intake *, const struct source_user *, bool quiet);
void intake_fini(struct intake *);

#endif
