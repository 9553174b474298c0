/*
 * libmagic.h - the one door to libmagic: what file(1) says of some bytes.
 *
 * Off unless it is opened: its tables are large, and it is a big parser of
 * hostile input that is not ours. One handle serves all threads, in turn.
 */
#ifndef LIBMAGIC_H
#define LIBMAGIC_H

#include "buf.h"

bool libmagic_built_in(void);
bool libmagic_open(struct buf *error);	/* once, before there are threads; false: `error` says why it cannot be */
bool libmagic_is_open(void);
void libmagic_describe(slice, struct buf *out);	/* appends its words; nothing if it has none */

#endif
