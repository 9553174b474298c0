/*
 * verdict.h - what type, name and bytes of a part say together.
 *
 *	mime.type-mismatch	they contradict each other
 *	mime.executable		it runs when it is opened
 *
 * Ordinary mail is full of small lies: application/octet-stream for anything,
 * the .csv that Windows calls a spreadsheet. Only what cannot both be true is
 * told: two kinds that are both known, neither a kind of the other.
 */
#ifndef MIME_VERDICT_H
#define MIME_VERDICT_H

#include "magic.h"
#include "opener.h"

bool verdict_contradicts(slice declared, slice filename, enum magic found);
/* For people: does the detected type say more than the declared one? Aliases and plain text do not; contradictions always do. */
bool verdict_is_news(slice declared, slice filename, slice detected);
/* Tells both findings, if they hold, to user->note. */
void verdict_tell(const struct content_about *, enum magic found, const struct opener_user *);

#endif
