/*
 * row.h - the transcript of a session, as rows.
 *
 * Events into lines that a person reads: when, how long was waited, who,
 * what. The text sink prints rows; the screen shows the same ones. Texts are
 * raw bytes from the wire: whoever shows them cleans them (base/clean.h).
 * Credentials are replaced by "<redacted>" here unless they are asked for.
 *
 * Rows stand in the order in which things became known: a message after its
 * content, a finding where it arose. Whoever shows rows at once may forget
 * them with rows_clear() and keep the state of the conversation.
 *
 * BUGS: of a message that is read in two ways at once (smuggling), the two
 * readings' rows may stand among each other.
 */
#ifndef ROW_H
#define ROW_H

#include "record.h"

enum row_kind {
	ROW_NOTE,		/* "·" connected, closed, gap, TLS */
	ROW_CLIENT,		/* "C" a command line, or an AUTH answer */
	ROW_SERVER,		/* "S" one line of a reply */
	ROW_MESSAGE,		/* "C" message 1: 3,412 bytes, whole */
	ROW_DETAIL,		/* what belongs to the row above: From:, Subject: */
	ROW_PART,		/* a part of the message: `path`, and what it is */
	ROW_INSIDE,		/* what is in the part above: a file, a fact, a link */
	ROW_TEXT,		/* a line of its text (row_style.full) */
	ROW_FINDING		/* "!" */
};

struct row {
	enum row_kind kind;
	enum severity severity;	/* of a ROW_FINDING; of a reply: WARNING for 5yz, NOTE for 4yz */
	bool continued;		/* a further line of the same reply: no time, no wait */
	bool hosts;		/* of ROW_INSIDE: its words are names of hosts that links lead to */
	bool secret;		/* redacted: the wire's line holds a credential */
	bool truncated;		/* a limit cut the text */
	bool decrypted;		/* offset counts plaintext */
	bool lost;		/* of ROW_NOTE: it tells bytes that were not captured */
	bool after_gap;		/* something was guessed, because bytes before it were lost */
	nstime time;
	nstime wait;		/* before this row, or NSTIME_NONE */
	uint64_t packet;
	uint64_t offset, length;	/* in dir's stream */
	enum dir dir;
	slice text;
	slice answers;		/* "RCPT bob@example.net" when several commands were outstanding; else empty */
	uint8_t line_end;	/* as ev_command */
	uint32_t mail;		/* the transaction, or 0 */
	uint32_t serial;	/* of ROW_CLIENT: of the command; of ROW_SERVER: of the one that it answers; 0: none that was seen */
	uint32_t index;		/* of ROW_MESSAGE and the rows below that belong to it: of the message in its session */
	uint32_t part;		/* of ROW_PART, ROW_INSIDE, ROW_TEXT: as in the events; 0: of none */
	unsigned depth;		/* of ROW_INSIDE and ROW_TEXT: how many files stand around this one, within the part */
	slice path;		/* of the part: "2.1", or empty; of a file unpacked from it that part's */
	enum finding finding;	/* of a ROW_FINDING */
};

/* What rows tell beyond the ordinary. */
struct row_style {
	bool show_secrets;
	bool full;		/* text parts' text, every file, fact and link, whole digests */
	uint32_t digests;	/* those that are told: WANT_SHA256 … */
};

struct rows;
struct row_page;

/* Where rows stand. Many conversations may share a page if each one's rows are taken from it, and cleared, after each event. */
struct row_page *row_page_new(void);
void row_page_free(struct row_page **);

struct rows *rows_new(const struct row_style *, struct row_page *shared);	/* NULL: a page of its own */
void rows_free(struct rows **);
uint32_t rows_wants(const struct row_style *);
size_t rows_memory(const struct rows *);			/* bytes kept, but for the page */
void rows_event(struct rows *, const struct event *);		/* of one session */
size_t rows_count(const struct rows *);				/* since the last rows_clear() */
struct row rows_at(const struct rows *, size_t index);		/* its slices are valid until the next event */
void rows_clear(struct rows *);
nstime rows_start(const struct rows *);				/* the session's first packet */
bool rows_truncated(const struct rows *);			/* more than LIMIT_ROWS or LIMIT_ROWS_TEXT came: not told */

#endif
