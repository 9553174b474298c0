/*
 * verdict.h - what type, name and bytes of a part say together.
 *
 *	mime.type-mismatch	they contradict each other
 *	mime.executable		it runs when it is opened
 *
 * Ordinary mail is full of small lies: application/octet-stream for anything,
 * the .csv that Windows calls a spreadsheet. Only what cannot both be true is
 * told: two kinds that are both known, neither a kind of the other; or a file
 * that is one kind by its beginning, and by its end a ZIP.
 */
#ifndef MIME_VERDICT_H
#define MIME_VERDICT_H

#include "magic.h"
#include "opener.h"

bool verdict_contradicts(slice declared, slice filename, enum magic found);
/* For people: does the detected type say more than the declared one? Aliases and plain text do not; contradictions always do. */
bool verdict_is_news(slice declared, slice filename, slice detected);
/* Tells both findings, if they hold, to user->note. ends_as_zip: whatever it is, its last bytes are those of a ZIP. */
void verdict_tell(const struct content_about *, enum magic found, bool ends_as_zip, const struct opener_user *);

#endif
