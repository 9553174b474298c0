/*
 * part_name.h - which parts become files (-T parts), and what those are called.
 *
 *	20261121T182901Z-1a2b3c4d-1-2.1-report.pdf
 *	the message's stem          path  name
 *
 * Names are made of our own letters: of the sender's name only [A-Za-z0-9._-]
 * are taken. A path is a part's alone, so no two parts of a run get one name.
 * What is not whole ends in ".partial". A file unpacked from a part has that
 * part's path, an underscore, and its number among that part's files.
 */
#ifndef PART_NAME_H
#define PART_NAME_H

#include "record/record.h"

enum {
	MAIL_STEM = 64,		/* with the NUL */
	PART_NAME_KEPT = 100,	/* letters kept of a sender's name; file systems allow 255 in all */
	PART_NAME = 255 + 1
};

/* "20261121T182901Z-<8 of the uid>-<index>": what the names of a message's files begin with. */
char *mail_stem(const struct rec_message *, char stem[MAIL_STEM]);

/* Attachments: leaves with a file name, unpacked ones too, or sent as an attachment; all: every leaf. */
bool part_is_file(const struct rec_part *, bool all);
char *part_name(const struct rec_message *, const struct rec_part *, bool whole, char name[PART_NAME]);
/* Of a part that the record does not hold, because a limit was hit. */
char *part_name_unknown(const struct rec_message *, uint32_t number, bool whole, char name[PART_NAME]);

#endif
