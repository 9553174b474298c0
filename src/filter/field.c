#include "field.h"

#include "get.h"
#include "record/fold.h"

#define IN_SESSION(m)	offsetof(struct rec_session, m)
#define IN_MESSAGE(m)	offsetof(struct rec_message, m)
#define IN_RCPT(m)	offsetof(struct rec_recipient, m)
#define IN_EXCHANGE(m)	offsetof(struct rec_exchange, m)
#define IN_PART(m)	offsetof(struct rec_part, m)
#define IN_URL(m)	offsetof(struct rec_url, m)
#define IN_HOP(m)	offsetof(struct rec_hop, m)
#define IN_AUTH(m)	offsetof(struct rec_auth, m)

/* name, type, scope, settled, needs, getter, where, about; and, where there is more to say, .folds_case and .word. */
#define F(n, t, s, w, need, g, a, about_, ...) \
	{ .name = n, .type = FIELD_##t, .scope = SCOPE_##s, .settled = SETTLED_##w, .needs = need, .get = g, .at = a, .about = about_, __VA_ARGS__ }
#define H(n, name_) F(n, TEXT, MESSAGE, MESSAGE, NEED_CONTENT | NEED_HEADERS, get_header, 0, "each " name_ " field of the header, not decoded", .header = name_)
#define FOLDS .folds_case = true
#define OF(words) .word = words

const struct field fields[] = {
	F("smtp", FLAG, SESSION, OPEN, 0, get_smtp, 0, "a session of SMTP or LMTP"),
	F("lmtp", FLAG, SESSION, OPEN, 0, get_lmtp, 0, "it speaks LMTP"),
	F("tcp", FLAG, SESSION, OPEN, 0, get_tcp, 0, "a session or an attempt at one"),
	F("ip", FLAG, SESSION, OPEN, 0, get_ip, SIDE_BOTH | SIDE_V4, "over IPv4"),
	F("ipv6", FLAG, SESSION, OPEN, 0, get_ip, SIDE_BOTH | SIDE_V6, "over IPv6"),
	F("attempt", FLAG, SESSION, OPEN, 0, get_attempt, 0, "a connection that never spoke SMTP"),
	F("smtp.auth", FLAG, AUTH, SESSION, 0, get_element, 0, "somebody tried to authenticate"),
	F("url", FLAG, URL, MESSAGE, NEED_CONTENT, get_element, 0, "it has links"),
	F("finding", FLAG, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_element, 0, "something was found"),
	F("frame.time", TIME, SESSION, ENVELOPE, 0, get_frame_time, 0, "when the message (else the session) began"),
	F("ip.addr", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_BOTH | SIDE_V4, "either end's address"),
	F("ip.src", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_CLIENT | SIDE_V4, "the client's"),
	F("ip.dst", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_SERVER | SIDE_V4, "the server's"),
	F("ipv6.addr", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_BOTH | SIDE_V6, "either end's address"),
	F("ipv6.src", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_CLIENT | SIDE_V6, "the client's"),
	F("ipv6.dst", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_SERVER | SIDE_V6, "the server's"),
	F("client.ip", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_CLIENT, "the client's address, IPv4 or IPv6"),
	F("client.port", NUMBER, SESSION, OPEN, 0, get_port, SIDE_CLIENT, "the client's port"),
	F("server.ip", ADDRESS, SESSION, OPEN, 0, get_addr, SIDE_SERVER, "the server's address, IPv4 or IPv6"),
	F("server.port", NUMBER, SESSION, OPEN, 0, get_port, SIDE_SERVER, "the server's port"),
	F("tcp.port", NUMBER, SESSION, OPEN, 0, get_port, SIDE_BOTH, "either end's port"),
	F("tcp.srcport", NUMBER, SESSION, OPEN, 0, get_port, SIDE_CLIENT, "the client's port"),
	F("tcp.dstport", NUMBER, SESSION, OPEN, 0, get_port, SIDE_SERVER, "the server's port"),
	F("vlan.id", NUMBER, SESSION, OPEN, 0, get_vlan, 0, "VLAN tags, outer first"),
	F("tls", FLAG, SESSION, ENVELOPE, 0, get_tls, 0, "the message came through TLS; of a session without one: TLS began"),

	F("session.uid", TEXT, SESSION, OPEN, NEED_NAMES, get_chars, IN_SESSION(uid), "its uid, as in JSON"),
	F("session.community_id", TEXT, SESSION, OPEN, NEED_NAMES, get_chars, IN_SESSION(community_id), "Community ID of the connection"),
	F("session.number", NUMBER, SESSION, OPEN, 0, get_count, IN_SESSION(number), "its number in this run"),
	F("session.time", TIME, SESSION, OPEN, 0, get_time, IN_SESSION(time), "its start"),
	F("session.protocol", TEXT, SESSION, OPEN, 0, get_word, IN_SESSION(protocol), "smtp or lmtp", OF(protocol_word)),
	F("session.end", TIME, SESSION, SESSION, 0, get_time, IN_SESSION(end), "its end"),
	F("session.duration", SPAN, SESSION, SESSION, 0, get_duration, 0, "from start to end"),
	F("session.close", TEXT, SESSION, SESSION, 0, get_close, 0, "how it ended", OF(close_word)),
	F("session.complete", TEXT, SESSION, SESSION, 0, get_complete, 0, "what the capture can vouch for", OF(complete_word)),
	F("session.messages", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(messages), "how many messages"),
	F("session.accepted", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(accepted), "how many of them were accepted"),
	F("session.commands", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(commands), "how many commands"),
	F("session.errors", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(errors), "replies 4yz and 5yz"),
	F("session.pipelined", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(pipelined), "commands sent before the one before was answered"),
	F("session.missing", NUMBER, SESSION, SESSION, 0, get_missing, 0, "bytes of it that were not captured"),
	F("session.retransmitted", NUMBER, SESSION, SESSION, 0, get_count, IN_SESSION(tcp.retransmitted), "segments sent again"),
	F("session.handshake", SPAN, SESSION, SESSION, 0, get_time, IN_SESSION(tcp.handshake), "how long TCP took to connect"),
	F("session.tls", FLAG, SESSION, SESSION, 0, get_flag, IN_SESSION(tls), "TLS began in it"),
	F("session.proxy.client", ADDRESS, SESSION, SESSION, 0, get_proxy_client, 0, "the client that PROXY or XCLIENT names"),
	F("smtp.greeting", TEXT, SESSION, SESSION, 0, get_text, IN_SESSION(greeting.text), "the text of the greeting"),
	F("smtp.greeting.host", TEXT, SESSION, SESSION, 0, get_text, IN_SESSION(greeting_host), "the host that it names", FOLDS),
	F("smtp.capability", TEXT, SESSION, SESSION, 0, get_capability, 0, "what the last EHLO was answered, a line each", FOLDS),

	F("smtp.auth.mechanism", TEXT, AUTH, SESSION, 0, get_text, IN_AUTH(mechanism), "of each attempt to authenticate", FOLDS),
	F("smtp.auth.user", TEXT, AUTH, SESSION, 0, get_text, IN_AUTH(user), "who it was"),
	F("smtp.auth.username", TEXT, AUTH, SESSION, 0, get_text, IN_AUTH(user), "the same"),
	F("smtp.auth.accepted", FLAG, AUTH, SESSION, 0, get_flag, IN_AUTH(accepted), "it succeeded"),
	F("smtp.auth.code", NUMBER, AUTH, SESSION, 0, get_code, IN_AUTH(code), "what it was answered"),

	F("smtp.req.command", TEXT, REPLY, SESSION, NEED_DIALOGUE, get_text, IN_EXCHANGE(verb), "the command, whole; \".\" is the end of a content", FOLDS),
	F("smtp.req.parameter", TEXT, REPLY, SESSION, NEED_DIALOGUE, get_text, IN_EXCHANGE(args), "what stands behind it"),
	F("smtp.response.code", NUMBER, REPLY, SESSION, NEED_DIALOGUE, get_answer, IN_EXCHANGE(reply.code), "what it was answered"),
	F("smtp.response.enhanced", TEXT, REPLY, SESSION, NEED_DIALOGUE, get_text, IN_EXCHANGE(reply.enhanced), "the enhanced code"),
	F("smtp.rsp.parameter", TEXT, REPLY, SESSION, NEED_DIALOGUE, get_text, IN_EXCHANGE(reply.text), "the text of the answer, all lines"),
	F("smtp.reply_time", SPAN, REPLY, SESSION, NEED_DIALOGUE, get_time, IN_EXCHANGE(wait), "how long the answer took"),

	F("message.uid", TEXT, MESSAGE, MESSAGE, NEED_NAMES, get_chars, IN_MESSAGE(uid), "its uid, as in JSON"),
	F("message.index", NUMBER, MESSAGE, MESSAGE, 0, get_index, IN_MESSAGE(index), "its number in its session"),
	F("message.time", TIME, MESSAGE, ENVELOPE, 0, get_time, IN_MESSAGE(time), "the MAIL command's time"),
	F("message.first_packet", NUMBER, MESSAGE, MESSAGE, 0, get_count, IN_MESSAGE(first_packet), "the first packet of its transaction"),
	F("message.last_packet", NUMBER, MESSAGE, MESSAGE, 0, get_count, IN_MESSAGE(last_packet), "and the last"),
	F("message.duration", SPAN, MESSAGE, MESSAGE, 0, get_message_duration, 0, "from MAIL to what decided its fate"),
	F("message.sha256", HEX, MESSAGE, MESSAGE, NEED_SHA256, get_message_sha256, SHA256_SIZE, "digest of the whole content"),
	F("message.sha1", HEX, MESSAGE, MESSAGE, NEED_SHA1, get_message_sha1, SHA1_SIZE, "the same"),
	F("message.md5", HEX, MESSAGE, MESSAGE, NEED_MD5, get_message_md5, MD5_SIZE, "the same"),
	F("message.user", TEXT, MESSAGE, ENVELOPE, 0, get_text, IN_MESSAGE(auth_user), "who had authenticated before it"),
	F("message.reading", TEXT, MESSAGE, MESSAGE, 0, get_reading, 0, "where readers differ: whose reading this is", OF(reading_word)),
	F("message.recipients", NUMBER, MESSAGE, MESSAGE, 0, get_count, IN_MESSAGE(recipients), "how many recipients"),
	F("message.accepted", NUMBER, MESSAGE, MESSAGE, 0, get_count, IN_MESSAGE(accepted_recipients), "how many of them were accepted"),
	F("message.parts", NUMBER, MESSAGE, MESSAGE, NEED_CONTENT, get_count, IN_MESSAGE(parts), "how many parts"),
	F("message.attachments", NUMBER, MESSAGE, MESSAGE, NEED_CONTENT, get_count, IN_MESSAGE(attachments), "how many of them are attachments"),
	F("message.urls", NUMBER, MESSAGE, MESSAGE, NEED_CONTENT, get_count, IN_MESSAGE(urls), "how many links"),
	F("smtp.helo", TEXT, SESSION, ENVELOPE, 0, get_helo, 0, "the name that the client gave", FOLDS),
	F("smtp.helo.verb", TEXT, SESSION, ENVELOPE, 0, get_helo, 1, "EHLO, HELO or LHLO", FOLDS),
	F("smtp.mail_from", TEXT, MESSAGE, ENVELOPE, 0, get_text, IN_MESSAGE(mail_from), "the envelope's sender; empty: the null sender", .may_be_empty = true),
	F("smtp.null_sender", FLAG, MESSAGE, ENVELOPE, 0, get_flag, IN_MESSAGE(null_sender), "MAIL FROM:<>"),
	F("smtp.mail.parameter", TEXT, MESSAGE, ENVELOPE, 0, get_mail_parameter, 0, "ESMTP parameters of MAIL, as SIZE=3412"),
	F("smtp.mail.code", NUMBER, MESSAGE, MESSAGE, 0, get_code, IN_MESSAGE(mail_reply.code), "what MAIL was answered"),
	F("smtp.rcpt_to", TEXT, RECIPIENT, ENVELOPE, 0, get_text, IN_RCPT(address), "each recipient's address"),
	F("smtp.rcpt.address", TEXT, RECIPIENT, ENVELOPE, 0, get_text, IN_RCPT(address), "the same"),
	F("smtp.rcpt.status", TEXT, RECIPIENT, MESSAGE, 0, get_rcpt_status, 0, "what became of the recipient", OF(rcpt_status_word)),
	F("smtp.rcpt.accepted", FLAG, RECIPIENT, MESSAGE, 0, get_flag, IN_RCPT(accepted), "it was accepted"),
	F("smtp.rcpt.code", NUMBER, RECIPIENT, MESSAGE, 0, get_code, IN_RCPT(reply.code), "what decided it (LMTP: after the content)"),
	F("smtp.rcpt.enhanced", TEXT, RECIPIENT, MESSAGE, 0, get_text, IN_RCPT(reply.enhanced), "the enhanced code"),
	F("smtp.rcpt.text", TEXT, RECIPIENT, MESSAGE, 0, get_text, IN_RCPT(reply.text), "the text of that reply"),
	F("smtp.rcpt.parameter", TEXT, RECIPIENT, ENVELOPE, 0, get_rcpt_parameter, 0, "ESMTP parameters of RCPT"),
	F("smtp.rcpt.reply_time", SPAN, RECIPIENT, MESSAGE, 0, get_time, IN_RCPT(wait), "how long RCPT's answer took"),
	F("smtp.status", TEXT, MESSAGE, MESSAGE, 0, get_status, 0, "what became of the message", OF(status_word)),
	F("smtp.stage", TEXT, MESSAGE, MESSAGE, 0, get_word, IN_MESSAGE(stage), "at which command it was refused or rejected", OF(stage_word)),
	F("smtp.reply.code", NUMBER, MESSAGE, MESSAGE, 0, get_code, IN_MESSAGE(reply.code), "the reply that decided it"),
	F("smtp.reply.enhanced", TEXT, MESSAGE, MESSAGE, 0, get_text, IN_MESSAGE(reply.enhanced), "its enhanced code"),
	F("smtp.reply.text", TEXT, MESSAGE, MESSAGE, 0, get_text, IN_MESSAGE(reply.text), "its text"),
	F("smtp.queue_id", TEXT, MESSAGE, MESSAGE, 0, get_text, IN_MESSAGE(queue_id), "the name under which the server took it"),
	F("smtp.transfer", TEXT, MESSAGE, MESSAGE, 0, get_word, IN_MESSAGE(transfer), "how the content came", OF(transfer_word), FOLDS),
	F("smtp.size", NUMBER, MESSAGE, MESSAGE, 0, get_size, IN_MESSAGE(size), "octets of content"),
	F("smtp.whole", FLAG, MESSAGE, MESSAGE, 0, get_whole, IN_MESSAGE(whole), "all of the content was captured"),
	F("smtp.missing", NUMBER, MESSAGE, MESSAGE, 0, get_size, IN_MESSAGE(missing), "octets of it that were not"),
	F("smtp.time.mail", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(wait_mail), "how long MAIL's answer took"),
	F("smtp.time.rcpt", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(wait_rcpt), "the slowest of RCPT's"),
	F("smtp.time.data", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(wait_data), "DATA's"),
	F("smtp.time.content", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(content_time), "the 354 to the last byte of content"),
	F("smtp.time.accept", SPAN, MESSAGE, MESSAGE, 0, get_time, IN_MESSAGE(wait_accept), "that byte to the final reply"),

	F("imf", FLAG, MESSAGE, MESSAGE, 0, get_content, 0, "there is content"),
	F("imf.subject", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(subject), "Subject, decoded"),
	F("imf.from", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_FROM, "each address of From, as Name <address>"),
	F("imf.from.address", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_FROM | PIECE_ADDRESS, "the address alone"),
	F("imf.from.name", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_FROM | PIECE_NAME, "the name alone, decoded"),
	F("imf.to", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_TO, "each address of To"),
	F("imf.to.address", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_TO | PIECE_ADDRESS, "the address alone"),
	F("imf.to.name", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_TO | PIECE_NAME, "the name alone, decoded"),
	F("imf.cc", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_CC, "each address of Cc"),
	F("imf.cc.address", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_CC | PIECE_ADDRESS, "the address alone"),
	F("imf.cc.name", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_CC | PIECE_NAME, "the name alone, decoded"),
	F("imf.reply_to", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_REPLY_TO, "each address of Reply-To"),
	F("imf.reply_to.address", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_mailbox, LIST_REPLY_TO | PIECE_ADDRESS, "the address alone"),
	F("imf.date", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(date), "Date, as sent"),
	F("imf.date.time", TIME, MESSAGE, MESSAGE, NEED_CONTENT, get_time, IN_MESSAGE(date_time), "Date, as a time"),
	F("imf.message_id", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(message_id), "Message-ID, with its brackets"),
	F("imf.in_reply_to", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(in_reply_to), "In-Reply-To"),
	F("imf.references", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_reference, 0, "each message id of References"),
	F("imf.user_agent", TEXT, MESSAGE, MESSAGE, NEED_CONTENT, get_text, IN_MESSAGE(user_agent), "User-Agent or X-Mailer"),
	H("imf.sender", "Sender"), H("imf.bcc", "Bcc"), H("imf.return_path", "Return-Path"), H("imf.delivered_to", "Delivered-To"),
	H("imf.received", "Received"), H("imf.comments", "Comments"), H("imf.keywords", "Keywords"), H("imf.mime_version", "MIME-Version"),
	H("imf.content.type", "Content-Type"), H("imf.content.transfer_encoding", "Content-Transfer-Encoding"),
	H("imf.importance", "Importance"), H("imf.priority", "Priority"), H("imf.precedence", "Precedence"),
	H("imf.autosubmitted", "Auto-Submitted"), H("imf.content_language", "Content-Language"), H("imf.ext.mailer", "X-Mailer"),
	H("imf.resent.from", "Resent-From"), H("imf.resent.to", "Resent-To"), H("imf.resent.date", "Resent-Date"),
	H("imf.resent.message_id", "Resent-Message-ID"),
	F("header.name", TEXT, HEADER, MESSAGE, NEED_CONTENT | NEED_HEADERS, get_text, offsetof(struct pair, name), "each header field's name", FOLDS),
	F("header.value", TEXT, HEADER, MESSAGE, NEED_CONTENT | NEED_HEADERS, get_text, offsetof(struct pair, value), "its value, unfolded"),
	F("received.from", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(from), "of each Received field, top first", FOLDS),
	F("received.host", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(from_host), "the client's name as the server found it", FOLDS),
	F("received.ip", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(from_ip), "the client's address as the server saw it", FOLDS),
	F("received.by", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(by), "the server", FOLDS),
	F("received.with", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(with), "the protocol", FOLDS),
	F("received.id", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(id), "its queue id there"),
	F("received.for", TEXT, HOP, MESSAGE, NEED_CONTENT, get_text, IN_HOP(for_), "for whom"),
	F("received.time", TIME, HOP, MESSAGE, NEED_CONTENT, get_time, IN_HOP(time), "when"),
	F("received.delay", SPAN, HOP, MESSAGE, NEED_CONTENT, get_time, IN_HOP(delay), "since the hop before; negative: clocks differ"),

	F("mime", FLAG, MESSAGE, MESSAGE, NEED_CONTENT, get_mime, 0, "it has parts"),
	F("mime.path", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(path), "of each part: its number, as IMAP counts"),
	F("mime.kind", TEXT, PART, MESSAGE, NEED_CONTENT, get_part_kind, 0, "leaf, multipart, message or unpacked", OF(kind_word)),
	F("mime.type", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(content_type), "the media type that it declares", FOLDS),
	F("mime.detected", TEXT, PART, MESSAGE, NEED_CONTENT, get_word, IN_PART(detected), "the media type that its first bytes show", FOLDS),
	F("mime.charset", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(charset), "the character set that it declares", FOLDS),
	F("mime.encoding", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(encoding), "the transfer encoding that it declares", FOLDS),
	F("mime.disposition", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(disposition), "inline or attachment", FOLDS),
	F("mime.filename", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(filename), "its file name, decoded"),
	F("mime.content_id", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(content_id), "Content-ID"),
	F("mime.description", TEXT, PART, MESSAGE, NEED_CONTENT, get_text, IN_PART(description), "Content-Description, decoded"),
	F("mime.size", NUMBER, PART, MESSAGE, NEED_CONTENT, get_part_size, IN_PART(size), "octets, transfer encoding undone"),
	F("mime.whole", FLAG, PART, MESSAGE, NEED_CONTENT, get_part_whole, IN_PART(whole), "all of it was captured"),
	F("mime.sha256", HEX, PART, MESSAGE, NEED_CONTENT | NEED_SHA256, get_part_sha256, SHA256_SIZE, "digest of its content"),
	F("mime.sha1", HEX, PART, MESSAGE, NEED_CONTENT | NEED_SHA1, get_part_sha1, SHA1_SIZE, "the same"),
	F("mime.md5", HEX, PART, MESSAGE, NEED_CONTENT | NEED_MD5, get_part_md5, MD5_SIZE, "the same"),
	F("mime.member", TEXT, PART, MESSAGE, NEED_CONTENT | NEED_INSIDE, get_part_member, 0, "names of the files in an archive"),
	F("mime.encrypted", FLAG, PART, MESSAGE, NEED_CONTENT | NEED_INSIDE, get_part_encrypted, 0, "an archive of which a file is encrypted"),
	F("mime.fact", TEXT, PART, MESSAGE, NEED_CONTENT | NEED_INSIDE, get_part_fact, 0, "what reports and signatures say, as Action: failed"),
	F("url.url", TEXT, URL, MESSAGE, NEED_CONTENT, get_text, IN_URL(url), "each link"),
	F("url.host", TEXT, URL, MESSAGE, NEED_CONTENT, get_text, IN_URL(host), "where it leads", FOLDS),
	F("url.text", TEXT, URL, MESSAGE, NEED_CONTENT, get_text, IN_URL(text), "what it shows instead"),

	F("finding.id", TEXT, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_finding_id, 0, "of each finding; --list-findings has them", OF(finding_word)),
	F("finding.severity", SEVERITY, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_finding_severity, 0, "info < note < warning < alert"),
	F("finding.time", TIME, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_time, offsetof(struct rec_finding, time), "when it was seen"),
	F("finding.packet", NUMBER, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_packet, offsetof(struct rec_finding, packet), "in which packet"),
	F("finding.text", TEXT, FINDING, SESSION, NEED_CONTENT | NEED_JUDGEMENT, get_finding_text, 0, "what was seen"),

	F("attempt.outcome", TEXT, SESSION, OPEN, 0, get_outcome, 0, "what came of connections that never spoke SMTP", OF(outcome_word)),
	F("attempt.count", NUMBER, SESSION, OPEN, 0, get_attempts, 0, "how often"),
};
const size_t nfields = sizeof fields / sizeof fields[0];

const char *
field_scope_name(enum field_scope s)
{
	static const char *const names[SCOPES] = {
		[SCOPE_SESSION] = "session", [SCOPE_MESSAGE] = "message", [SCOPE_RECIPIENT] = "recipient", [SCOPE_REPLY] = "reply",
		[SCOPE_PART] = "part", [SCOPE_URL] = "url", [SCOPE_HOP] = "hop", [SCOPE_HEADER] = "header", [SCOPE_AUTH] = "auth",
		[SCOPE_FINDING] = "finding",
	};

	return names[s];
}

const char *
field_type_name(enum field_type t)
{
	static const char *const names[] = {
		[FIELD_TEXT] = "text", [FIELD_NUMBER] = "number", [FIELD_ADDRESS] = "address", [FIELD_TIME] = "time",
		[FIELD_SPAN] = "seconds", [FIELD_FLAG] = "flag", [FIELD_SEVERITY] = "severity", [FIELD_HEX] = "digest",
	};

	return names[t];
}

const struct field *
field_find(slice name)
{
	for (size_t i = 0; i < nfields; i++)
		if (slice_ieq(name, slice_of(fields[i].name)))
			return &fields[i];
	return NULL;
}

unsigned
field_keeps(unsigned needs)
{
	return (needs & NEED_CONTENT ? FOLD_MESSAGES : 0u) | (needs & NEED_HEADERS ? FOLD_HEADERS : 0u)
	    | (needs & NEED_DIALOGUE ? FOLD_DIALOGUE : 0u);
}

uint32_t
field_wants(unsigned needs)
{
	return (needs & NEED_SHA256 ? WANT_SHA256 | WANT_ALL_DIGESTS : 0) | (needs & NEED_SHA1 ? WANT_SHA1 | WANT_ALL_DIGESTS : 0)
	    | (needs & NEED_MD5 ? WANT_MD5 | WANT_ALL_DIGESTS : 0) | (needs & NEED_JUDGEMENT ? WANT_JUDGEMENT : 0)
	    | (needs & NEED_INSIDE ? WANT_INSIDE : 0);
}

bool
value_is_absent(const struct field *f, const struct value *v)
{
	return (f->type == FIELD_TEXT || f->type == FIELD_HEX) && (v->text.p == NULL || (v->text.n == 0 && !f->may_be_empty));
}

void
value_add_text(struct buf *out, const struct field *f, const struct value *v, int digits)
{
	char text[(int)NSTIME_TEXT > (int)ADDR_TEXT ? NSTIME_TEXT : ADDR_TEXT];

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_HEX:
		buf_add(out, v->text);
		break;
	case FIELD_NUMBER:
		buf_printf(out, "%lld", (long long)v->number);
		break;
	case FIELD_ADDRESS:
		buf_text(out, addr_text(&v->addr, text));
		break;
	case FIELD_TIME:
		buf_text(out, nstime_utc(v->number, digits, text));
		break;
	case FIELD_SPAN:
		buf_text(out, nstime_seconds(v->number, 9, text));
		/* No more digits than there is to tell. */
		while (out->p[out->n - 1] == '0')
			out->n--;
		out->n -= out->p[out->n - 1] == '.';
		break;
	case FIELD_FLAG:
		buf_text(out, v->number ? "true" : "false");
		break;
	case FIELD_SEVERITY:
		buf_text(out, severity_name((enum severity)v->number));
		break;
	}
}
