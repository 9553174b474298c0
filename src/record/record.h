/*
 * record.h - what people ask about: sessions, messages, attempts.
 *
 * `fold` takes events and gives records: a message when its fate is known, a
 * session when it ends. A record is owned by the fold and valid until
 * the function that was given it returns. Absent facts: an empty slice with
 * p == NULL, a code of 0, NSTIME_NONE; a present but empty text has p != NULL.
 */
#ifndef RECORD_H
#define RECORD_H

#include "dissect/event.h"
#include "base/limits.h"

enum { SESSION_UID = 24, UID_TEXT = 40 };	/* a uid is 24 digits, of a message also ".index"; UID_TEXT with the NUL */

struct rec_finding {
	enum finding finding;
	slice detail;			/* what was seen here, in words; may be empty */
	enum dir dir;
	uint64_t offset, length, packet;
	nstime time;
};

struct rec_findings {
	const struct rec_finding *v;
	size_t n;			/* kept, at most LIMIT_FINDINGS */
	uint64_t count;			/* all */
	enum severity severity;		/* the highest of all */
	uint64_t seen[(FINDINGS + 63) / 64];	/* a bit for each finding among all: see rec_findings_have() */
};

static inline bool
rec_findings_have(const struct rec_findings *r, enum finding f)
{
	return r->seen[f / 64] >> (f % 64) & 1;
}

struct rec_reply { int code; slice enhanced, text; };	/* text: all lines' texts, joined by one space */

struct rec_recipient {
	slice address, path;		/* path only if it says more than the address */
	const struct pair *parameter;	/* names in upper case */
	size_t nparameter;
	struct rec_reply reply;		/* code 0: not answered. LMTP: of the reply after the content, if there was one */
	int rcpt_code;			/* LMTP: of the reply to RCPT, when `reply` is another one; else 0 */
	bool accepted;
	nstime wait;			/* of the reply to RCPT */
	nstime replied;			/* when `reply` came, or NSTIME_NONE */
};

/* Of an address header. A group without members is one entry with only `group`. */
struct rec_address { slice name, address, group; };

enum { REC_CUTS = 16 };			/* more than there are names */

/* One Received field, top first. */
struct rec_hop {
	slice from, from_host, from_ip, by, with, id, for_;
	nstime time;				/* or NSTIME_NONE */
	nstime delay;				/* since the hop before it (below it in the header); negative: clocks differ; or NSTIME_NONE */
};

struct rec_member { slice name; uint64_t size, packed; bool encrypted, directory; unsigned depth; };	/* as ev_part_member */
struct rec_fact { unsigned group; slice name, value; };

struct rec_part {
	uint32_t number, parent;		/* as ev_part_begin; number is also the place in the list, from 1 */
	uint32_t holder, nth;			/* of an unpacked one: the part with a path that it came out of, and which of its files it is, from 1; else 0 */
	enum part_kind kind;
	unsigned depth;
	slice path;				/* "" (p != NULL): the multipart on top; p == NULL: unpacked */
	slice content_type, charset, encoding, disposition, filename, content_id, description;
	bool declared;
	const char *detected;			/* or NULL */
	bool ended;				/* what follows is known */
	uint64_t size, missing;
	bool whole, truncated;
	bool has_sha256, has_sha1, has_md5;
	uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE], md5[MD5_SIZE];
	const struct rec_fact *fact;
	size_t nfact;
	const struct rec_member *member;	/* listed in it; what was unpacked from it are parts with `parent` */
	size_t nmember;				/* kept, at most LIMIT_MEMBERS */
	uint64_t members;			/* all */
};

struct rec_url { slice url, host, text; uint32_t part; };

/* A command and its reply. The greeting has no verb, the reply to the end of a content the verb ".". Kept with FOLD_DIALOGUE. */
struct rec_exchange {
	uint32_t serial;			/* of the command; 0: none that was seen */
	slice verb, args;			/* as ev_command; no args if they hold a secret */
	bool answered;
	struct rec_reply reply;			/* no text if it holds a secret */
	nstime wait;				/* or NSTIME_NONE */
};

struct rec_session;

struct rec_message {
	const struct rec_session *session;	/* as known so far */
	char uid[UID_TEXT];
	uint32_t index;
	uint32_t mail;				/* the transaction, as in its events (with server_reading: one of the other reading) */
	uint64_t first_packet, last_packet;
	nstime time, end;			/* MAIL (else the first byte of content); what decided its fate */
	slice helo_verb, helo_name;
	bool encrypted;				/* came through TLS */
	slice auth_user;
	bool has_mail_from, null_sender;
	slice mail_from, mail_path;		/* path only if it says more */
	const struct pair *parameter;		/* of MAIL; names in upper case */
	size_t nparameter;
	struct rec_reply mail_reply;
	const struct rec_recipient *recipient;
	size_t nrecipient;			/* kept, at most LIMIT_RECIPIENTS */
	uint64_t recipients, accepted_recipients;	/* all */
	const char *transfer;			/* "DATA", "BDAT" or NULL */
	enum mail_status status;
	const char *stage;			/* or NULL */
	bool two_readings, server_reading;
	struct rec_reply reply;			/* that decided the fate: to the content (LMTP: the first that accepted it, else the first),
						   to a BDAT chunk, or the one that refused it before */
	slice queue_id;
	bool has_content, whole, damaged;		/* as ev_mail_end */
	uint64_t size, missing;
	bool has_sha256, has_sha1, has_md5;
	uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE], md5[MD5_SIZE];
	slice subject, date, message_id;	/* decoded UTF-8; date: as sent */
	slice in_reply_to, user_agent;
	nstime date_time;			/* parsed, or NSTIME_NONE */
	const struct rec_address *from, *to, *cc, *reply_to;
	size_t nfrom, nto, ncc, nreply_to;
	const slice *reference;			/* message ids of References, in order */
	size_t nreference;
	const struct rec_hop *hop;
	size_t nhop;				/* kept, at most LIMIT_HOPS */
	const struct rec_part *part;		/* in order of their beginning; FOLD_MESSAGES, FOLD_PARTS */
	size_t npart;				/* kept, at most LIMIT_MIME_PARTS */
	uint64_t parts, attachments;		/* all but the unpacked; leaves that have a file name or are attachments */
	const struct rec_url *url;		/* each once */
	size_t nurl;				/* kept, at most LIMIT_URLS */
	uint64_t urls;				/* all, each once as far as they are kept */
	const struct pair *header;		/* all fields, unfolded and not decoded, if the fold keeps them (FOLD_HEADERS) */
	size_t nheader;
	nstime wait_mail, wait_rcpt, wait_data, content_time, wait_accept;	/* or NSTIME_NONE */
	bool after_gap, truncated;		/* something was guessed; something that `cut` does not name was left out because a limit was hit */
	slice cut[REC_CUTS];			/* names of what was not kept whole, as JSON names it, each once */
	size_t ncut;
	const struct rec_exchange *exchange;	/* of this transaction, in order of the commands; FOLD_DIALOGUE */
	size_t nexchange;			/* kept, at most LIMIT_EXCHANGES */
	struct rec_findings findings;
};

/* secret: empty with p != NULL if one was seen and the fold does not keep secrets (FOLD_SECRETS). */
struct rec_auth { slice mechanism, user, secret; bool accepted, cancelled; int code; };

struct rec_session {
	char uid[UID_TEXT];
	char community_id[COMMUNITY_ID_TEXT];
	uint64_t number;
	nstime time, end;
	const char *protocol;
	struct endpoint client, server;
	struct tcp_facts tcp;
	bool closed;				/* the two below are final */
	enum why why;
	enum dir who;
	bool quit;				/* QUIT was answered 221 */
	bool has_greeting;
	struct rec_reply greeting;
	slice greeting_host;
	slice helo_verb, helo_name;		/* the last */
	const slice *capability;		/* of the last EHLO or LHLO */
	size_t ncapability;
	bool tls, tls_broken;			/* TLS began; STARTTLS was answered 220 and no TLS followed */
	struct ev_tls tls_facts;
	slice proxy_name;
	struct endpoint proxy_client;
	bool has_proxy;
	const struct rec_auth *auth;
	size_t nauth;
	uint64_t auths;				/* all */
	uint64_t messages, accepted;		/* message records; of them accepted */
	uint64_t recipients, accepted_recipients;	/* all; accepted ones of accepted messages */
	uint64_t commands, errors, pipelined;	/* errors: replies 4yz and 5yz */
	bool gaps, truncated;
	const struct rec_exchange *exchange;	/* those of no transaction; FOLD_DIALOGUE */
	size_t nexchange;
	struct rec_findings findings;		/* those that belong to no single message */
};
/* How it ended: "quit" "client-fin" "server-fin" "client-rst" "server-rst" "idle" "evicted" "end-of-capture"; NULL: it is open. */
const char *rec_session_close(const struct rec_session *);
/* What the record can vouch for, the worst first: "one-side" "no-start" "gaps" "cut", or "full". */
const char *rec_session_complete(const struct rec_session *);
const char *rec_session_shortcoming(const struct rec_session *);	/* the same for people: " · bytes are missing", or "" */

/* One for each client, server and outcome. */
struct rec_attempt {
	char uid[UID_TEXT];
	int outcome;				/* enum attempt of flow/flow.h, by value: see attempt_name() */
	struct addr client;
	struct endpoint server;
	uint64_t count;
	nstime first, last;
	slice detail;				/* ICMP words, or what was spoken instead */
	struct rec_findings findings;
};
const char *attempt_name(int outcome);		/* "refused" "no-answer" "unreachable" "no-greeting" "other-protocol" */

/* One that belongs to no single session, or came after its session's record. */
struct rec_lone_finding {
	struct rec_finding finding;
	char own_uid[UID_TEXT];			/* of this record */
	char uid[UID_TEXT];			/* of the session it speaks of, or "" */
};

struct rec_stats {
	char uid[UID_TEXT];
	nstime first, last;			/* of the capture */
	uint64_t packets, bytes, filtered, dropped;
	struct { uint64_t kernel, interface, ours; } drops;	/* the same as dropped, apart */
	struct { uint64_t files, packets, bytes; bool given; } written;	/* by -w, if it is given and writes as packets come */
	uint64_t tcp_segments, connections, sessions, messages, accepted, rejected, recipients, attempts;
	uint64_t status[MAIL_INCOMPLETE + 1];	/* messages by enum mail_status */
	uint64_t attempts_untold;		/* beyond LIMIT_ATTEMPTS: counted, not told */
	uint64_t message_bytes, missing_bytes, gaps, retransmitted, out_of_order, conflicts, evicted;
	uint64_t command_count, reply_class[6];	/* replies by first digit */
	uint64_t finding[FINDINGS];		/* how often each was seen */
	uint64_t by_severity[ALERT + 1];
	bool damaged;
	bool live;				/* packets came as they happened */
	bool final;				/* else it is told every `interval`, and goes on; the three below are of that moment */
	uint64_t open_sessions, open_flows;
	size_t memory;
	nstime interval;			/* --stats-interval; 0: none */
	size_t memory_peak;			/* of what is kept for sessions */
};

enum rec_kind { REC_SESSION, REC_MESSAGE, REC_ATTEMPT, REC_FINDING, REC_STATS };

struct record {
	enum rec_kind kind;
	union {
		const struct rec_session *session;
		const struct rec_message *message;
		const struct rec_attempt *attempt;
		const struct rec_lone_finding *finding;
		const struct rec_stats *stats;
	} u;
};

#endif
