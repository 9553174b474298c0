/*
 * session.h - one SMTP or LMTP session, from both sides' bytes to events.
 *
 * The client's bytes are read by a `reading`: which mode they are in, and the
 * queue of commands that wait for their reply. There is one, as RFC 5321 has
 * it; a second one (reading.c) goes along while a message may have been
 * smuggled, and its events are held until the replies tell.
 *
 *	session.c	the client's bytes and lines
 *	answer.c	the server's lines, and what each reply does
 *	pending.c		which reply answers which command
 *	mail.c		transactions, their content and their fate
 *	mailparts.c	... and the parts of the content
 *	reading.c	the second reading
 *	loss.c		gaps, guesses, captures that begin in the middle
 *
 * State follows replies, not wishes: a command only says what its reply will
 * decide.
 *
 * Memory: a session is one struct; what most sessions never need (content,
 * AUTH, the second reading) is allocated when it is needed, and freed.
 */
#ifndef SMTP_SESSION_H
#define SMTP_SESSION_H

#include "auth.h"
#include "base/limits.h"
#include "body.h"
#include "command.h"
#include "dissect/dissector.h"
#include "dissect/lines.h"
#include "dissectors/mime/header/header.h"
#include "reply.h"
#include "verbs.h"

/* Findings told once for each session or message. */
struct told { uint64_t smtp; uint8_t term; };

/* An LMTP recipient that was accepted, and is owed a reply behind the content (RFC 2033 4.2). */
struct owed { char *address; uint32_t n; int32_t index; };

/* One transaction, from MAIL (or content whose MAIL was not seen) to its fate. */
struct mail {
	struct mail *next;		/* in its reading */
	uint32_t id;			/* serial of its MAIL, DATA or BDAT */
	uint32_t index;			/* of the message in the session; 0: not needed yet */
	unsigned refs;			/* commands in the queue that speak of it */
	uint32_t rcpts, accepted, refused;	/* RCPT commands, and their replies */
	bool mail_seen, accepted_mail;	/* its MAIL was seen; was accepted */
	bool utf8;			/* SMTPUTF8 (RFC 6531) */
	bool began, ended;		/* EV_MAIL_BEGIN and EV_MAIL_END were told */
	bool complete;			/* the end of the content was seen */
	bool data_refused;		/* DATA was; chunks, or DATA again, may follow */
	bool lost;			/* bytes of the content are missing */
	bool holed;			/* commands of it may be missing, and chunks with them */
	bool damaged;			/* bytes of it had a wrong checksum: the receiver took others */
	bool bdat, data;		/* chunks were sent; DATA was */
	bool forked;			/* belongs to the second reading */
	bool decided, two_readings;
	bool dissolved;			/* a nested MAIL that was refused with 503: there was no transaction */
	struct mail *outer;		/* ... of that one, until it is answered; counted in its refs */
	enum mail_status status;
	const char *stage;
	const char *transfer;
	uint64_t size, missing;		/* of the content so far */
	uint64_t begin, length;		/* of the content in the stream */
	uint64_t announced;		/* SIZE=, or 0 (RFC 1870) */
	struct told told;
	char *sender;			/* the address of its MAIL, or NULL if that was not seen or nobody compares it */
	size_t sender_n;
	struct owed *owed;		/* LMTP */
	size_t nowed, capowed, paid;	/* replies that came */
	bool paid_ok;			/* one of them was positive */
};

/* A command that waits for its reply. */
struct pending {
	const struct verb *verb;
	struct mail *mail;		/* that it belongs to, or NULL; counted in its refs */
	char *text;			/* owned: the address of RCPT, the name of an unknown verb */
	uint32_t text_n;
	uint32_t serial;
	uint32_t more;			/* commands behind it that are only counted (LIMIT_PENDING) */
	int32_t recipient;		/* index of the RCPT, or -1 */
	nstime time;			/* of its last byte */
	uint64_t packet;
	bool after_gap;
	bool maybe_answered;		/* its reply may have been lost */
	bool guessed;			/* the client's bytes were read on without its reply */
	bool forked;			/* only the second reading knows it */
	bool secret;			/* it held a credential, which a reply may repeat */
	bool blank;			/* an empty line: not every server answers it */
	bool last_chunk;		/* the end of content, of a BDAT LAST */
	bool nested;			/* MAIL inside a transaction: its event waits for the reply */
};

enum mode {
	MODE_COMMAND,
	MODE_WAIT,			/* the client must wait for the newest command's reply: nothing is taken */
	MODE_BODY,			/* behind 354 */
	MODE_CHUNK,			/* octets of BDAT */
	MODE_BLOB,			/* octets that are no message (XEXCH50) */
	MODE_AUTH,			/* a line that answers a challenge */
	MODE_PEEK,			/* no reply will come: do the client's next bytes look like a command? */
	MODE_INJECTED,			/* what stood behind STARTTLS when its 220 came */
	MODE_TLS,			/* the filter has the bytes; what comes up is plaintext, or was no TLS */
	MODE_MIDSTREAM,			/* the capture began in the middle: commands or content? */
	MODE_DEAF			/* counted only */
};

struct content;

struct reading {
	struct session *s;
	enum mode mode;
	bool fork;			/* the second reading: its events are held */
	bool unsure;			/* bytes were lost: replies may answer commands that nobody saw */
	bool silent;			/* ... and the client has said nothing since */
	bool heard;			/* ... but the server has: the client will go on behind its replies */
	bool guess;			/* MODE_WAIT and MODE_MIDSTREAM: do not wait any longer */
	bool envelope_lost;		/* content may come whose MAIL was not seen */
	bool lost_waiting;		/* bytes were lost while the client should have waited */
	struct lines lines;
	struct pending *queue;		/* a ring */
	size_t first, n, cap;
	struct mail *mails;		/* the ones whose fate was not told, oldest first */
	struct mail *current;		/* the transaction that commands belong to, as the client sees it */
	struct content *content;	/* while there is some */
	uint64_t left;			/* octets of the chunk or blob */
	uint64_t blob;			/* octets that XEXCH50 announced */
	bool skip_chunk;		/* the chunk's octets belong to no message */
	bool quit_sent;
	uint32_t serial;		/* of the newest command */
	struct event *nested;		/* the held event of a nested MAIL */
	bool behind_gap;		/* nothing of the line behind a gap was read yet: see loss_peek() */
	uint8_t peek[24];		/* MODE_PEEK, behind_gap: looked at so far */
	uint8_t npeek;
	uint64_t peek_offset;
};

struct fork;

struct session {
	struct layer *layer;
	struct reading now;		/* as RFC 5321 reads */
	struct fork *fork;		/* as a server would that took a smuggler's bait, or NULL */
	bool lmtp;
	enum dir client;		/* who commands: TURN turns it */
	uint32_t serial, index;		/* of the last command, the last message */

	struct lines replies;
	struct reply_builder builder;
	bool greeted;			/* a greeting came, or none can come any more */
	bool had_greeting;
	bool early;			/* the client spoke before it */
	uint64_t early_length;
	bool replied;			/* a reply came */
	bool lost_replies;		/* bytes of the server are missing */
	bool silent;			/* ... and it has said nothing since */
	bool closing;			/* 421 came */
	bool hello;			/* EHLO, HELO or LHLO was accepted */
	bool extended;			/* ... and it was not HELO */
	bool quit;			/* 221 */
	uint32_t offered;		/* enum extension */
	uint64_t size_limit;		/* of SIZE, or 0 */
	uint32_t strays;		/* lines that were no reply, since the last one that was */
	const char *phase;

	struct auth *auth;
	uint32_t auth_serial;
	bool auth_failed;

	bool tls_under;			/* the filter was put under us */
	bool tls_clear;			/* ... and gives plaintext */
	bool tls_due;			/* it will be, once the server's bytes that are given now were read */
	bool offering;			/* the client's kept bytes are read while the server's are given */
	bool tls_denied;		/* it said that the client's bytes at tls_at are no TLS */
	uint64_t tls_at;
	uint64_t begin;			/* where the client's own bytes begin: behind a PROXY header */
	uint64_t injected;		/* bytes that stood behind STARTTLS */

	struct proxy *proxy;
	bool proxy_checked;
	bool tunnelled;			/* CONNECT: the server's bytes are the proxy's answer still */
	uint64_t tunnel_line;		/* length of its last line */
	nstime last[2];			/* each side's last byte */
	uint64_t client_at;		/* how far the client's bytes were read */
	uint64_t client_said;		/* bytes that the client had said when the server last spoke */
	uint64_t messages_told;
	struct told told;
};

/* dissector.c's doors */
void   smtp_open(struct session *, struct layer *, bool lmtp);
size_t smtp_data(struct session *, enum dir, slice);
void   smtp_decide(struct session *, enum dir);
void   smtp_gap(struct session *, enum dir, uint64_t missing);
void   smtp_eof(struct session *, enum dir);
void   smtp_close(struct session *, enum why, enum dir);
size_t smtp_memory(const struct session *);			/* what stands beside the struct, but for what is small */

/* session.c: what the other files share */
void   smtp_event(struct session *, enum ev_kind, enum dir, uint64_t offset, uint64_t length, struct event *ev_r);
void   smtp_phase(struct reading *, const char *);
/* Tells it, or holds it if this is the second reading. */
void   reading_say(struct reading *, struct event *);
/* A finding, once for each session, or for each message if `m` is one. The second reading finds nothing. */
void   reading_note(struct reading *, enum finding, struct mail *m, enum dir, uint64_t offset, uint64_t length, slice detail);
/* The same, as often as it is seen. */
void   reading_note_each(struct reading *, enum finding, struct mail *m, enum dir, uint64_t offset, uint64_t length, slice detail);
size_t reading_feed(struct reading *, slice, uint64_t offset);
uint32_t reading_serial(struct reading *);			/* for the next command */
void   smtp_break_line(struct reading *, bool skip);		/* a gap or the end: a line that was begun is told, truncated */
void   smtp_end_octets(struct reading *);			/* the chunk or blob is through */
void   reading_init(struct reading *, struct session *);
void   reading_fini(struct reading *);
bool   smtp_is_blind(const struct session *);	/* TLS is under us, and nothing of it comes up */
bool   smtp_is_fresh(const struct session *, uint64_t offset);	/* the client said this byte behind the server's last */
void   smtp_put_tls(struct session *);		/* the bytes from here on are TLS */
/* What control, bidirectional or invalid text calls for; `text` was seen to hold bytes that may be such. */
void   reading_note_text(struct reading *, struct mail *, enum dir, uint64_t offset, uint64_t length, slice text);

/* answer.c */
size_t smtp_server(struct session *, slice, uint64_t offset);
void   answer_reply(struct session *, const struct reply *);	/* pairs it and does what it says */
void   answer_break(struct session *);				/* the server's stream broke: what was begun is told */
void   answer_begin_content(struct reading *, const struct pending *, uint64_t offset);	/* 354 came, or is assumed */
void   answer_guess_nested(struct reading *, struct pending *);	/* as if the MAIL had been accepted */
void   auth_finish(struct session *, int code, bool accepted);

/* pending.c */
struct pending *pending_push(struct reading *, const struct verb *, uint32_t serial, struct mail *);
struct pending *pending_at(struct reading *, size_t);
void   pending_pop(struct reading *);				/* forgets the oldest */
void   pending_set_text(struct pending *, slice);
void   pending_join(struct pending *, struct mail *);		/* it belongs to that transaction */
/* The command that this code answers: those before it were answered in a gap and are forgotten. NULL: nothing that was seen. */
struct pending *pending_match(struct reading *, int code);
void   pending_forget_answered(struct reading *);			/* a new command shows that those in doubt were answered */
void   pending_mark_answered(struct reading *);			/* the server's bytes were lost: any may have been */
void   pending_fini(struct reading *);

/* mail.c */
struct mail *mail_new(struct reading *, uint32_t id);
void   mail_decide(struct reading *, struct mail *, enum mail_status, const char *stage);
void   mail_abort(struct reading *, struct mail *);		/* RSET and its like */
void   mail_settle(struct reading *, struct mail *);		/* tells its fate, if it is known and no reply is due */
void   mail_recipient(struct reading *, struct mail *, slice address, int32_t index);	/* LMTP: owes a reply */
void   mail_close(struct reading *, struct mail *, bool answer_lost);	/* the connection ended */
void   content_begin(struct reading *, struct mail *, const char *transfer, uint64_t offset);
size_t content_body(struct reading *, slice, uint64_t offset, bool *end_r);
void   content_octets(struct reading *, slice, uint64_t offset);	/* BDAT */
void   content_lose(struct reading *, uint64_t missing, uint64_t next);
void   content_end(struct reading *, bool complete);
void   content_skip_header(struct reading *);
void   content_drop(struct reading *);		/* frees it; nothing is told */
void   mail_drop_all(struct reading *);
struct mail *content_mail(const struct reading *);
bool   content_end_oddly(struct reading *);		/* what came last is an end of data, for a server that takes it for one */
bool   content_lost(const struct reading *);
size_t content_held(const struct reading *);		/* bytes, for the budget */

/* reading.c */
void   fork_begin(struct reading *, enum odd_end, uint64_t offset, slice seen);
void   fork_feed(struct session *, slice, uint64_t offset);	/* what the first reading has just taken */
void   fork_command(struct session *, const struct pending *);	/* both readings meet: this command is both's */
bool   fork_reply(struct session *, const struct reply *);	/* true: it took the reply */
void   fork_before_client(struct session *, uint64_t offset);	/* the client's next bytes may tell */
void   fork_end(struct session *);				/* no more evidence comes */
uint32_t fork_serial(struct session *);				/* its commands are numbered anew when it was true */
void   fork_hold(struct session *, const struct event *);
bool   fork_delays(const struct session *, const struct mail *);
size_t fork_memory(const struct session *);
struct event *event_clone(const struct event *, size_t *size_r);	/* one block, freed with free() */

/* loss.c */
void   loss_client_gap(struct session *, uint64_t missing);
void   loss_server_gap(struct session *, uint64_t missing);
bool   loss_guess(struct reading *, slice in);			/* MODE_WAIT: go on without the reply. False: the bytes are the filter's */
/* MODE_PEEK, or the line behind a gap: one that begins as a command does is taken for one, any other is passed over to its end. */
size_t loss_peek(struct reading *, slice, uint64_t offset);
void   loss_settle_peek(struct reading *);
void   loss_midstream(struct reading *, slice in, uint64_t offset, bool must);

/* proxy.c: the PROXY protocol's header, or CONNECT, before the client's first byte */
/* Takes bytes of it; sets proxy_checked and `begin` when no more comes. What turned out to be none has been read. */
size_t proxy_feed(struct session *, slice, uint64_t offset);
size_t proxy_answer(struct session *, slice, uint64_t offset);	/* takes what the server's side has of it */
void   proxy_break(struct session *);				/* a gap or the end */
void   proxy_fini(struct session *);
void   proxy_xclient(struct session *, const struct command *, uint64_t offset, uint64_t length);

/* dissector.c: the functions of the table, for protocols that are smtp told otherwise. The layer's state is a struct session. */
size_t smtp_layer_data(struct layer *, enum dir, slice);
void   smtp_layer_decide(struct layer *, enum dir);
void   smtp_layer_gap(struct layer *, enum dir, uint64_t missing);
void   smtp_layer_eof(struct layer *, enum dir);
void   smtp_layer_close(struct layer *, enum why, enum dir);
size_t smtp_layer_memory(struct layer *);

#endif
