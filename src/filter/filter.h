/*
 * filter.h - the display filter (-Y): Wireshark's syntax over our records.
 *
 *	smtp.rcpt.address == "bob@example.net" && smtp.rcpt.code >= 500
 *
 * A filter is compiled once and asked often. It is asked about a unit: a
 * message, a session, an attempt, a finding, as known so far, and its answer
 * has three values: what a record still to come may change is UNSURE, what
 * nothing can change any more is YES or NO. Of what is complete it is never
 * UNSURE.
 *
 * Comparisons that are joined by && over fields of one list (recipient,
 * reply, part, finding …) hold for the same element of it, if one of them is
 * more than a negation: the filter above is bob's refusal. Alone, != and !
 * speak of the whole list.
 *
 * A session matches if one of its messages does, or, when it had none, if it
 * does itself. Whoever asks keeps that account (sink/gate.h).
 *
 * field.h is the table of fields, which -T fields and -T csv print too.
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include "base/buf.h"
#include "field.h"

struct filter;

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNSURE };

/*
 * NULL: not a filter; error says why, in lines: the sentence with the nearest
 * names, the text, a caret under the place. Values of "in @FILE" are read
 * here, and nowhere else.
 */
struct filter *filter_new(slice text, struct buf *error);
/* The same; [*from_r, *to_r) is what is wrong in the text, at its end if something is missing there. All of it: nothing in particular. */
struct filter *filter_new_where(slice text, struct buf *error, size_t *from_r, size_t *to_r);
void filter_free(struct filter **);
slice filter_text(const struct filter *);			/* as it was given */
void filter_print(const struct filter *, struct buf *out);	/* the same, with every parenthesis and quote */
unsigned filter_needs(const struct filter *);			/* NEED_… of field.h */

enum truth filter_ask(const struct filter *, const struct unit *);

/*
 * The record of a message is gone when its session ends. What is worth
 * keeping of one that is UNSURE are the answers to the filter's questions, a
 * byte each.
 */
size_t filter_questions(const struct filter *);
void   filter_note(const struct filter *, const struct unit *, uint8_t *answers);
/*
 * Of one element of a list (unit.only): answers holds those of the message,
 * and those that the element answers otherwise are put in their place. So a
 * list of ten thousand costs no more than its elements.
 */
enum truth filter_ask_element(const struct filter *, const struct unit *, uint8_t *answers);
/* With the rest of the session known. */
enum truth filter_resume(const struct filter *, const uint8_t *answers, const struct unit *session);

#endif
