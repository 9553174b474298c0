/*
 * event.h - what happened in a session, in the words of mail.
 *
 * Dissectors say it, sinks hear it. One vocabulary serves every protocol made
 * of requests, answers and messages, so a sink that knows these kinds can
 * show a protocol it has never heard of.
 *
 * Every slice inside an event is borrowed and dies when the sink returns.
 */
#ifndef EVENT_H
#define EVENT_H

#include "base/crypto.h"
#include "base/finding.h"
#include "base/net.h"

enum ev_kind {
	EV_OPEN,	/* a session: first of its events */
	EV_CLOSE,	/* ... and last */
	EV_PHASE,	/* it moved: greeted, mail, data, ... */
	EV_COMMAND,	/* one request, whole */
	EV_REPLY,	/* one answer, whole, with what it answers */
	EV_AUTH,	/* an authentication ended */
	EV_TLS,		/* TLS began, or did not, or ended */
	EV_PROXY,	/* somebody said who the client really is (PROXY protocol, XCLIENT) */
	EV_MAIL_BEGIN,	/* the content of a message starts */
	EV_MAIL_BYTES,	/* its bytes as the receiver would store them */
	EV_MAIL_END,	/* the content ended: whole or not */
	EV_MAIL_DONE,	/* the transaction ended: its fate is known */
	EV_HEADER,	/* one header field */
	EV_PART_BEGIN,	/* a MIME part starts, or a file unpacked from one */
	EV_PART_BYTES,	/* its content, transfer encoding undone */
	EV_PART_TEXT,	/* the same of a text part, as a person reads it: UTF-8, HTML as plain text */
	EV_PART_FACT,	/* what a part says that is a report, a signature, a container */
	EV_PART_MEMBER,	/* a file that is listed in an archive */
	EV_PART_END,	/* the part ended: size, digests, what it is */
	EV_URL,		/* a link in a text part */
	EV_GAP,		/* bytes that were sent but not captured */
	EV_ANOMALY,	/* what a good peer would not do */
	EV_PACKET,	/* one TCP segment of the session, as captured */
	EV_KINDS
};

/* What a sink wants: (1u << kind), and these. What nobody wants is not computed. */
#define WANT(kind)	(1u << (kind))
#define WANT_SHA256	(1u << 30)	/* EV_MAIL_END and EV_PART_END carry a digest */
#define WANT_MD5	(1u << 29)
#define WANT_SHA1	(1u << 28)
#define WANT_ALL_DIGESTS (1u << 27)	/* a message's only text part, which was not encoded, gets digests too */
#define WANT_JUDGEMENT	(1u << 26)	/* findings of the families mime, header, name, url */
#define WANT_INSIDE	(1u << 25)	/* EV_PART_FACT, EV_PART_MEMBER, and files unpacked from parts */

/*
 * Where and when: enough to order events, and to find their bytes again.
 * The stack fills session, packet and time; the dissector the rest.
 */
struct where {
	uint64_t session;	/* number of the session in this run, from 1; 0: no session */
	uint64_t packet;	/* number of the packet that holds the last byte */
	nstime   time;		/* of that packet */
	uint64_t offset;	/* of the first byte in this direction's stream */
	uint64_t length;	/* in that stream, line ends included */
	enum dir dir;		/* who sent it */
	bool     secret;	/* holds a credential: sinks print it only when asked to */
	bool     decrypted;	/* came through a TLS layer */
	bool     after_gap;	/* the state was guessed */
	bool     truncated;	/* a limit cut it short */
	bool     server_reading;	/* as a server reads that took a smuggled end of data for real; false: as RFC 5321 says */
};

/* A parameter "NAME=value"; a bare keyword has value.p == NULL. Names as sent, see SPEC for how sinks show them. */
struct pair { slice name, value; };

struct ev_open {
	const char *protocol;			/* "smtp" or "lmtp": a dissector's name */
	struct endpoint client, server;		/* as the packets say, roles as the protocol showed */
	const struct tcp_facts *tcp;		/* as known so far */
};

struct ev_close {
	enum why why;
	enum dir who;				/* whose FIN (the first) or RST; meaningless otherwise */
	const struct tcp_facts *tcp;		/* final */
};

struct ev_phase { const char *phase; };		/* "greeting" "ready" "mail" "rcpt" "data" "bdat" "auth" "tls" "unsure" "quit" */

/*
 * serial numbers the commands of a session from 1; replies name what they
 * answer by it. The end of a message's content is a command too, with the
 * verb "." (LMTP and BDAT included), so that its reply answers something; no
 * EV_COMMAND is sent for it.
 * mail is the transaction that the event belongs to: the serial of its MAIL
 * command (of the DATA or BDAT if no MAIL was seen); 0: none.
 */
struct ev_command {
	uint32_t serial, mail;
	slice verb;			/* upper case; "" for what is no command (AUTH answers have verb "AUTH*") */
	slice line;			/* the line as sent, without its line end */
	slice args;			/* what stands behind the verb, trimmed */
	slice address;			/* MAIL, RCPT: without brackets and source route; the null sender is "" with has_path */
	slice path;			/* MAIL, RCPT: as sent, brackets included */
	bool has_path;
	const struct pair *parameter;	/* ESMTP parameters, in order */
	size_t nparameter;
	uint8_t line_end;		/* 2: CRLF, '\n': bare LF, '\r': bare CR, 0: none seen */
	bool pipelined;			/* sent before the previous command was answered */
};

struct ev_reply {
	uint32_t answers;		/* serial; 0: nothing that was seen */
	uint32_t mail;			/* the transaction of the command it answers; 0: none */
	int code;			/* 0: not three digits */
	slice enhanced;			/* "2.1.5" or "" */
	slice text;			/* of the last line, behind code and enhanced code */
	const slice *line;		/* all kept lines as sent, without line ends */
	size_t nline;
	slice verb;			/* of the command; "" greeting or unexpected; "." end of content */
	slice address;			/* RCPT: of the command; LMTP after the dot: of the recipient */
	int32_t recipient;		/* index among the transaction's RCPT commands, or -1 */
	nstime wait;			/* from the last byte of the command to this reply, or NSTIME_NONE; greeting: from the handshake */
	bool ambiguous;			/* several commands were outstanding when it came */
	bool captured_first;		/* the reply stands before its command in the capture */
	const slice *capability;	/* EHLO, LHLO: "SIZE 10240000", one a line behind the first */
	size_t ncapability;
};

struct ev_auth {
	uint32_t serial;		/* of the AUTH command */
	slice mechanism;		/* upper case */
	slice user;			/* "" if not known */
	slice secret;			/* password, token or proof, as readable as it gets; "" if none was seen */
	int code;			/* of the final reply, 0 if there was none */
	bool accepted, cancelled;
};

enum tls_what { TLS_BEGINS, TLS_NOT, TLS_ENDS };
struct ev_tls {
	enum tls_what what;
	const char *mode;		/* "starttls" or "implicit" */
	uint16_t record_version;	/* of the first record, 0x0301 …; 0 if none */
};

struct ev_proxy {
	const char *by;			/* "PROXY", "XCLIENT" or "CONNECT" */
	struct endpoint client, server;
	slice name;			/* of the client */
	slice target;			/* CONNECT: "host:port" */
};

struct ev_mail_begin {
	uint32_t mail;
	uint32_t index;			/* of the message in its session, from 1 */
	const char *transfer;		/* "DATA" or "BDAT" */
};

/* A piece never straddles the end of the header (in_header says which side). */
struct ev_mail_bytes { uint32_t mail; slice bytes; bool in_header; };

struct ev_mail_end {
	uint32_t mail;
	uint64_t size;			/* octets seen, as the receiver stores them */
	uint64_t missing;		/* octets known to be lost from it; 0 with !whole: the end was not seen */
	bool whole;
	bool damaged;			/* some of the octets had a wrong checksum where others are right: the receiver took others */
	bool has_sha256, has_sha1, has_md5;	/* of a whole message, when wanted */
	uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE], md5[MD5_SIZE];
};

enum mail_status {
	MAIL_ACCEPTED, MAIL_REJECTED, MAIL_REFUSED, MAIL_ABORTED,
	MAIL_UNANSWERED, MAIL_UNKNOWN, MAIL_INCOMPLETE
};

/* Sent once for each transaction, after the reply or the close that decided it. Its MAIL may have no index before. */
struct ev_mail_done {
	uint32_t mail;
	uint32_t index;			/* of the message in its session, from 1 */
	enum mail_status status;
	const char *stage;		/* "mail" "rcpt" "data" "bdat", or NULL */
	bool two_readings;		/* the record says which reading it is */
};

/* Of the top header of a message. name and value are raw (folded as sent), decoded is UTF-8 with RFC 2047 undone. */
struct ev_header { uint32_t mail; slice name, value, decoded; };

/*
 * Parts are numbered in a message from 1, in the order in which they begin;
 * paths are IMAP's (RFC 9051 6.4.5): "" the multipart on top, "1", "2.1" …
 * What is unpacked from a part (TNEF, uuencode) has no path and names it as
 * its parent.
 */
enum part_kind {
	PART_LEAF,
	PART_MULTIPART,			/* has no content of its own: no EV_PART_BYTES, no digest */
	PART_MESSAGE,			/* message/rfc822 or /global: a leaf, and its parts follow inside it */
	PART_UNPACKED
};
const char *part_kind_name(enum part_kind);	/* "leaf" */

/* Texts are UTF-8, as far as they were decodable; absent: p == NULL. */
struct ev_part_begin {
	uint32_t mail;
	uint32_t part, parent;		/* parent: the part it stands in or was unpacked from; 0: none */
	enum part_kind kind;
	unsigned depth;			/* parts it stands in */
	slice path;
	slice content_type;		/* "text/plain", lower case; what RFC 2045 5.2 takes for granted where nothing is declared */
	bool declared;			/* it was declared */
	slice charset, encoding;	/* lower case, as declared */
	slice disposition;		/* "attachment", lower case */
	slice filename;			/* decoded; of Content-Disposition, else the name of Content-Type; from the wire: see base/clean.h */
	slice content_id, description;
};

struct ev_part_bytes { uint32_t mail, part; slice bytes; };
struct ev_part_text { uint32_t mail, part; slice text; };		/* pieces end anywhere but inside a character */

/* name is a constant of ours or a field's name from the wire; group: what belongs together (each recipient of a DSN) counts from 1, 0: all. */
struct ev_part_fact { uint32_t mail, part; unsigned group; slice name, value; };

struct ev_part_member {
	uint32_t mail, part;		/* the archive */
	slice name;			/* as stored, decoded */
	uint64_t size, packed;		/* as the archive says; UINT64_MAX: it does not */
	bool encrypted, directory;
	unsigned depth;			/* 0: in the part itself, 1: in an archive in it … */
};

struct ev_part_end {
	uint32_t mail, part;
	uint64_t size;			/* octets of content seen, transfer encoding undone */
	uint64_t missing;		/* octets lost from it, as encoded; 0 with !whole: its end was not seen */
	bool whole;
	bool truncated;			/* a limit: not all of it was looked into */
	const char *detected;		/* media type by its first bytes, a constant; NULL: not known */
	bool has_sha256, has_sha1, has_md5;
	uint8_t sha256[SHA256_SIZE], sha1[SHA1_SIZE], md5[MD5_SIZE];
};

/* url: as a client would open it (decoded, blanks removed); host: lower case, UTF-8 undone to what the DNS is asked, or "". */
struct ev_url { uint32_t mail, part; slice url, host, text; };		/* text: what the reader sees instead, if it is HTML */

/*
 * mail: the content that it fell into, or 0. dropped: as many packets were dropped by the capture at about that time, of whatever
 * connection; whether theirs are among them nobody knows.
 */
struct ev_gap { uint64_t missing; uint32_t mail; uint64_t dropped; };

/* Evidence stands in `at`: direction, offset, packet. mail: the transaction that it speaks of, or 0. */
struct ev_anomaly { enum finding finding; uint32_t mail; slice detail; };

enum {
	PACKET_SYN = 1, PACKET_ACK = 2, PACKET_FIN = 4, PACKET_RST = 8, PACKET_PSH = 16, PACKET_URG = 32,
	PACKET_RETRANSMITTED = 256, PACKET_REORDERED = 512, PACKET_KEEPALIVE = 1024,
	/* What is no segment by itself: an IP fragment, told with the segment that is whole with it; a router's error about a segment. */
	PACKET_FRAGMENT = 2048, PACKET_ICMP = 4096, PACKET_ASIDE = PACKET_FRAGMENT | PACKET_ICMP
};
/* at.offset and at.length: the payload in its direction's stream (SYN: 0). */
struct ev_packet { uint64_t acknowledged; uint32_t window; uint32_t flags; };

struct event {
	enum ev_kind kind;
	struct where at;
	union {
		struct ev_open open;
		struct ev_close close;
		struct ev_phase phase;
		struct ev_command command;
		struct ev_reply reply;
		struct ev_auth auth;
		struct ev_tls tls;
		struct ev_proxy proxy;
		struct ev_mail_begin mail_begin;
		struct ev_mail_bytes mail_bytes;
		struct ev_mail_end mail_end;
		struct ev_mail_done mail_done;
		struct ev_header header;
		struct ev_part_begin part_begin;
		struct ev_part_bytes part_bytes;
		struct ev_part_text part_text;
		struct ev_part_fact part_fact;
		struct ev_part_member part_member;
		struct ev_part_end part_end;
		struct ev_url url;
		struct ev_gap gap;
		struct ev_anomaly anomaly;
		struct ev_packet packet;
	} u;
};

const char *event_name(enum ev_kind);			/* "mail-begin" */
const char *mail_status_name(enum mail_status);		/* "accepted" */

#endif
