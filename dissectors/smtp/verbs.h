/*
 * verbs.h - the commands of SMTP and LMTP, in one table.
 *
 * What differs from verb to verb stands here; what the program does with it
 * stands where it does it.
 */
#ifndef SMTP_VERBS_H
#define SMTP_VERBS_H

#include "base/slice.h"

enum verb_id {
	VERB_UNKNOWN, VERB_HELO, VERB_EHLO, VERB_LHLO, VERB_MAIL, VERB_RCPT, VERB_DATA, VERB_BDAT, VERB_RSET,
	VERB_VRFY, VERB_EXPN, VERB_HELP, VERB_NOOP, VERB_QUIT, VERB_STARTTLS, VERB_AUTH, VERB_ETRN, VERB_TURN,
	VERB_ATRN, VERB_BURL, VERB_XCLIENT, VERB_XFORWARD, VERB_X_EXPS, VERB_X_ANONYMOUSTLS, VERB_XEXCH50,
	VERB_X_LINK2STATE, VERB_XSHADOW, VERB_SEND, VERB_SOML, VERB_SAML,
	VERB_END,			/* the end of a message's content: "." */
	VERB_AUTH_STEP			/* a client's line inside AUTH: "AUTH*" */
};

/* What the server's yes turns the client's next bytes into; the client must wait for it (RFC 2920 3.1). */
enum turns {
	TURNS_NOTHING,			/* they are commands, and may come at once */
	TURNS_CONTENT,			/* a message */
	TURNS_AUTH,			/* an answer to a challenge */
	TURNS_TLS,
	TURNS_ROLES,			/* the server's commands */
	TURNS_BLOB			/* octets, as many as the command said */
};

/* How a line must go on after the verb, to look like a command inside a message: see bait(). */
enum bait { BAIT_NONE, BAIT_ALONE, BAIT_WORD, BAIT_DIGIT, BAIT_FROM, BAIT_TO };

/* EHLO keywords that mean something to us (RFC 5321 4.1.1.1), as bits. */
enum extension {
	EXT_PIPELINING = 1u << 0, EXT_SIZE = 1u << 1, EXT_STARTTLS = 1u << 2, EXT_AUTH = 1u << 3, EXT_8BITMIME = 1u << 4,
	EXT_SMTPUTF8 = 1u << 5, EXT_CHUNKING = 1u << 6, EXT_BINARYMIME = 1u << 7, EXT_DSN = 1u << 8, EXT_DELIVERBY = 1u << 9,
	EXT_MT_PRIORITY = 1u << 10, EXT_FUTURERELEASE = 1u << 11, EXT_REQUIRETLS = 1u << 12, EXT_ETRN = 1u << 13,
	EXT_ATRN = 1u << 14, EXT_XCLIENT = 1u << 15, EXT_XFORWARD = 1u << 16, EXT_BURL = 1u << 17, EXT_MTRK = 1u << 18,
	EXT_X_EXPS = 1u << 19, EXT_XEXCH50 = 1u << 20, EXT_X_ANONYMOUSTLS = 1u << 21, EXT_X_LINK2STATE = 1u << 22,
	EXT_XSHADOW = 1u << 23, EXT_CHECKPOINT = 1u << 24
};

struct verb {
	slice name;			/* upper case */
	enum verb_id id;
	enum turns turns;
	bool last;			/* only as the last of a group of pipelined commands (RFC 2920 3.1) */
	enum bait bait;
	uint32_t extension;		/* that EHLO must have offered, or 0 */
	uint16_t good[3];		/* positive replies that it may have; 0: end */
};

extern const struct verb verb_unknown, verb_end, verb_auth_step;

/* By name, in any case; verb_unknown if it is none of ours. */
const struct verb *verb_find(slice name);

/* May this code be the answer to that verb? Any 4yz or 5yz may. */
bool verb_answers(const struct verb *, int code);
/* ... and could hardly be the answer to another one. */
bool verb_answers_only(const struct verb *, int code);

/*
 * Does a line that begins like this look like a command that somebody would
 * smuggle into a message? MORE: it could still become one.
 */
enum looks { LOOKS_NO, LOOKS_MORE, LOOKS_YES };
enum looks verb_looks(slice line_start);

uint32_t extension_find(slice keyword);				/* of an EHLO reply; 0: not one of ours */
uint32_t extension_of_parameter(slice name, slice value);	/* that a parameter of MAIL or RCPT needs; 0: none known */

#endif
