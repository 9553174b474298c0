/*
 * names.h - what the files of a ring are called, and which of them is the oldest.
 *
 * They are called as dumpcap calls them: of "dir/name.pcap" the third is
 * "dir/name_00003_20261122123456.pcap", by local time; after 99999 comes 00000.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/nstime.h"

struct names {
	const char *path;		/* of -w */
	unsigned keep;			/* how many there may be; 0: all */
	uint64_t n;			/* ever given */
	char **kept;			/* those that are there, by number modulo `keep` */
};

void names_init(struct names *, const char *path, unsigned keep);
void names_fini(struct names *);
/* There is to be one more: if it is one too many, the oldest is removed. True: it was. */
bool names_make_room(struct names *);
const char *names_next(struct names *, nstime when);	/* valid until as many were given as are kept; of all: until the next */

#endif
