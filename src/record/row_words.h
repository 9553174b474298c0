/*
 * row_words.h - the sentences of a transcript. Only row.c includes this.
 */
#ifndef ROW_WORDS_H
#define ROW_WORDS_H

#include "base/buf.h"
#include "dissect/event.h"

/* What was said about leaving. */
struct farewell {
	bool quit;			/* the client's QUIT */
	bool bye, closing;		/* the server's 221, also to a QUIT that was not seen; 421, as its last word */
	bool lost[2];			/* bytes of that side are missing: what was not seen may have been said */
	bool hidden;			/* TLS began: so it is inside */
};

void row_say_opened(struct buf *, const struct ev_open *);
void row_say_closed(struct buf *, const struct ev_close *, const struct farewell *);
void row_say_tls(struct buf *, const struct ev_tls *);
void row_say_proxy(struct buf *, const struct ev_proxy *);
void row_say_auth(struct buf *, const struct ev_auth *, bool show_secrets);
void row_say_gap(struct buf *, const struct where *, const struct ev_gap *);
void row_say_message(struct buf *, uint32_t index, const struct where *, const struct ev_mail_end *);
/* The line of a command without its credential: "AUTH PLAIN <redacted>", or "<redacted>" alone for an answer. */
void row_say_redacted(struct buf *, const struct ev_command *);
void row_say_other_reading(struct buf *, uint32_t index);
/* What a reply answers: "MAIL", "RCPT bob@example.net", "message 1". A question mark when that was guessed after a gap. */
void row_say_answers(struct buf *, const struct where *, const struct ev_reply *, uint32_t index);

#endif
