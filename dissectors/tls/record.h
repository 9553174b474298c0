/*
 * record.h - the records of TLS (RFC 8446 5.1, RFC 5246 6.2), as a stream:
 * where one ends and the next begins, and nothing of what is in them but an
 * alert that crosses in clear.
 *
 * Bytes come cut anywhere. A header is taken byte by byte, and whatever cannot
 * be one is found out at its first wrong byte.
 */
#ifndef TLS_RECORD_H
#define TLS_RECORD_H

#include "base/slice.h"

enum {
	RECORD_HEADER = 5,
	RECORD_HELLO = 6,		/* a header, and the handshake message's type: what tells TLS from anything else */
	RECORD_MAX = 16384 + 2048	/* RFC 5246 6.2.3: no ciphertext is longer */
};

enum record_type { RECORD_CHANGE_CIPHER_SPEC = 20, RECORD_ALERT, RECORD_HANDSHAKE, RECORD_APPLICATION, RECORD_HEARTBEAT };

enum look { LOOK_NO, LOOK_MORE, LOOK_YES };

/* Can these bytes, RECORD_HEADER at most, be a record's header? */
enum look record_look(slice head);
/* Can these, RECORD_HELLO at most, begin a side's first flight: a hello (of SSL 2 form, too) or, of the server, an alert? */
enum look record_look_hello(slice head, bool of_client);
uint16_t record_hello_version(slice hello);	/* 0x0301 …, of RECORD_HELLO bytes that are one */

/* One direction's records. All zero is the beginning of a record. */
struct records {
	uint8_t head[RECORD_HEADER];
	size_t nhead;			/* of a header that is not whole yet: those bytes are held */
	uint32_t rest;			/* bytes of the record that are still to come */
	uint8_t alert[2];		/* content of a record that is an alert in clear */
	size_t nalert;
	uint64_t count;			/* headers seen */
	bool alerted;			/* an alert that may end the handshake crossed in clear */
	bool encrypted;			/* a record came that is sent when keys are agreed on */
	bool lost;			/* boundaries are not known any more: the rest is only counted */
};

/* Why a walk stopped. */
enum walk {
	WALK_ALL,			/* all was taken */
	WALK_FATAL,			/* behind a fatal alert in clear */
	WALK_NONE			/* before what is no record; the first bytes of the wrong header may be held: head, nhead */
};

/* Walks over `in`. Returns the bytes taken. */
size_t records_walk(struct records *, slice in, enum walk *why_r);
void   records_begin_hello(struct records *, slice hello);	/* of RECORD_HELLO bytes that are one: the walk goes on behind them */
void   records_gap(struct records *, uint64_t missing);

#endif
