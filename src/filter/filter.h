/*
 * filter.h - the display filter (-Y): Wireshark's syntax over our records.
 *
 *	smtp.rcpt.address == "bob@example.net" && smtp.rcpt.code >= 500
 *
 * A filter is compiled once and asked often; it keeps no state. It is asked about a message
 * or a session as known so far, and its answer has three values: what a
 * record still to come may change is UNSURE, what nothing can change any more
 * is YES or NO. Asked about what is complete it never says UNSURE.
 *
 * Fields have a scope. Comparisons that are joined by && over fields of one
 * scope (recipient, reply, part, finding) hold for the same one of them.
 *
 * A session matches if one of its messages does, or, when it had none, if it
 * does itself.
 *
 * field.h is the table of fields, which -T fields and -T csv print too.
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include "base/buf.h"
#include "record/record.h"

struct filter;

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNSURE };

/*
 * NULL: not a filter; error says why, in lines: the sentence, the text, a
 * caret under the place, and the nearest names. Values of "in @FILE" are read
 * here, and nowhere else.
 */
struct filter *filter_new(slice text, struct buf *error);
void filter_free(struct filter **);
slice filter_text(const struct filter *);

/* session_over: the session's record is complete. message_over: the message's is (it always is in a record). */
enum truth filter_message(const struct filter *, const struct rec_message *, bool session_over);
/* Of a session that had no message; else see verdict.h. */
enum truth filter_session(const struct filter *, const struct rec_session *, bool session_over);
enum truth filter_attempt(const struct filter *, const struct rec_attempt *);
/* One recipient of a message, where each is a line of its own (log, --rows recipient): the same expression, of this one. */
enum truth filter_recipient(const struct filter *, const struct rec_message *, size_t index, bool session_over);

#endif
