#include "pickle_table.h"

/*
 * A table names each member and says what it is; the compiler complains if it
 * is something else. TEXT is a slice, WORD a C string. While a table is made, T is its struct.
 */
#define MEMBER(m)		.offset = offsetof(T, m), .size = sizeof(((T *)0)->m), .name = #m
#define OF(type, m)		(0 * sizeof((const type *)0 == &((const T *)0)->m))
#define TYPED(k, type, m)	{ .kind = (k) + OF(type, m), MEMBER(m) }
#define FLAG(m)			TYPED(MEMBER_FLAG, bool, m)
#define NUMBER(m)		{ .kind = MEMBER_NUMBER, MEMBER(m), .max = UINT64_MAX >> (64 - 8 * sizeof(((T *)0)->m)) }
#define ENUM(m, last)		{ .kind = MEMBER_NUMBER, MEMBER(m), .max = (last) }
#define SIGNED(m)		TYPED(MEMBER_SIGNED, int, m)
#define TIME(m)			TYPED(MEMBER_TIME, nstime, m)
#define WAIT(m)			TYPED(MEMBER_WAIT, nstime, m)
#define TEXT(m)		TYPED(MEMBER_SLICE, slice, m)
#define WORD(m)			TYPED(MEMBER_TEXT, char *const, m)
#define CHARS(m)		{ .kind = MEMBER_CHARS, MEMBER(m) }
#define BYTES(m)		{ .kind = MEMBER_BYTES, MEMBER(m) }
#define NUMBERS(m)		{ .kind = MEMBER_NUMBERS + OF(uint64_t, m[0]), MEMBER(m) }
#define STRUCT(m, shape)	{ .kind = MEMBER_STRUCT, MEMBER(m), .of = (shape) }
#define POINTER(m, shape)	{ .kind = MEMBER_POINTER, MEMBER(m), .of = (shape) }
#define LIST(m, n, shape)	{ .kind = MEMBER_LIST + OF(size_t, n), MEMBER(m), .count = offsetof(T, n), .of = (shape) }
#define ARRAY(m, n, shape)	{ .kind = MEMBER_ARRAY + OF(size_t, n), MEMBER(m), .count = offsetof(T, n), .of = (shape), \
				  .max = sizeof(((T *)0)->m) / sizeof(((T *)0)->m[0]) }
#define OTHER(m)		{ .kind = MEMBER_OTHER, MEMBER(m) }

#define SHAPE(table)		{ .name = #table, .size = sizeof(T), .n = sizeof table##_members / sizeof table##_members[0], .member = table##_members }

/* --- base/ --- */

/* One of a list of slices. */
#define T slice
static const struct member text_item_members[] = {
	{ .kind = MEMBER_SLICE, .size = sizeof(T), .name = "text" },
};
static const struct shape shape_text_item = SHAPE(text_item);
#undef T

#define T struct pair
static const struct member pair_members[] = {
	TEXT(name), TEXT(value),
};
static const struct shape shape_pair = SHAPE(pair);
#undef T

#define T struct addr
static const struct member addr_members[] = {
	NUMBER(family), BYTES(ip),
};
static const struct shape shape_addr = SHAPE(addr);
#undef T

#define T struct endpoint
static const struct member endpoint_members[] = {
	STRUCT(addr, &shape_addr), NUMBER(port),
};
static const struct shape shape_endpoint = SHAPE(endpoint);
#undef T

#define T struct tcp_facts
static const struct member tcp_facts_members[] = {
	TIME(first), TIME(last), WAIT(handshake), FLAG(midstream), FLAG(one_sided), NUMBERS(packets), NUMBERS(bytes),
	NUMBERS(missing), NUMBER(retransmitted), NUMBER(out_of_order), NUMBER(overlap_conflicts), BYTES(vlan),
	NUMBER(nvlan), ENUM(overlap, OVERLAP_SOLARIS),
};
static const struct shape shape_tcp_facts = SHAPE(tcp_facts);
#undef T

#define T struct where
static const struct member where_members[] = {
	NUMBER(session), NUMBER(packet), TIME(time), NUMBER(offset), NUMBER(length), ENUM(dir, DIR_SERVER),
	FLAG(secret), FLAG(decrypted), FLAG(after_gap), FLAG(truncated), FLAG(server_reading),
};
const struct shape shape_where = SHAPE(where);
#undef T


/* --- dissect/event.h --- */

#define T struct ev_open
static const struct member open_members[] = {
	WORD(protocol), STRUCT(client, &shape_endpoint), STRUCT(server, &shape_endpoint),
	POINTER(tcp, &shape_tcp_facts),
};
static const struct shape shape_open = SHAPE(open);
#undef T

#define T struct ev_close
static const struct member close_members[] = {
	ENUM(why, WHY_END_OF_CAPTURE), ENUM(who, DIR_SERVER), POINTER(tcp, &shape_tcp_facts),
};
static const struct shape shape_close = SHAPE(close);
#undef T

#define T struct ev_phase
static const struct member phase_members[] = {
	WORD(phase),
};
static const struct shape shape_phase = SHAPE(phase);
#undef T

#define T struct ev_command
static const struct member command_members[] = {
	NUMBER(serial), NUMBER(mail), TEXT(verb), TEXT(line), TEXT(args), TEXT(address), TEXT(path),
	FLAG(has_path), LIST(parameter, nparameter, &shape_pair), NUMBER(line_end), FLAG(pipelined),
};
static const struct shape shape_command = SHAPE(command);
#undef T

#define T struct ev_reply
static const struct member reply_members[] = {
	NUMBER(answers), NUMBER(mail), SIGNED(code), LIST(line, nline, &shape_text_item), TEXT(enhanced), TEXT(text),
	TEXT(verb), TEXT(address), SIGNED(recipient), WAIT(wait), FLAG(ambiguous), FLAG(captured_first),
	LIST(capability, ncapability, &shape_text_item),
};
static const struct shape shape_reply = SHAPE(reply);
#undef T

#define T struct ev_auth
static const struct member auth_members[] = {
	NUMBER(serial), TEXT(mechanism), TEXT(user), TEXT(secret), SIGNED(code), FLAG(accepted), FLAG(cancelled),
};
static const struct shape shape_auth = SHAPE(auth);
#undef T

#define T struct ev_tls
static const struct member tls_members[] = {
	ENUM(what, TLS_ENDS), WORD(mode), NUMBER(record_version),
};
static const struct shape shape_tls = SHAPE(tls);
#undef T

#define T struct ev_proxy
static const struct member proxy_members[] = {
	WORD(by), STRUCT(client, &shape_endpoint), STRUCT(server, &shape_endpoint), TEXT(name), TEXT(target),
};
static const struct shape shape_proxy = SHAPE(proxy);
#undef T

#define T struct ev_mail_begin
static const struct member mail_begin_members[] = {
	NUMBER(mail), NUMBER(index), WORD(transfer),
};
static const struct shape shape_mail_begin = SHAPE(mail_begin);
#undef T

#define T struct ev_mail_bytes
static const struct member mail_bytes_members[] = {
	NUMBER(mail), OTHER(bytes), FLAG(in_header),
};
static const struct shape shape_mail_bytes = SHAPE(mail_bytes);
#undef T

#define T struct ev_mail_end
static const struct member mail_end_members[] = {
	NUMBER(mail), NUMBER(size), NUMBER(missing), FLAG(whole), FLAG(damaged), FLAG(has_sha256), FLAG(has_sha1),
	FLAG(has_md5), BYTES(sha256), BYTES(sha1), BYTES(md5),
};
static const struct shape shape_mail_end = SHAPE(mail_end);
#undef T

#define T struct ev_mail_done
static const struct member mail_done_members[] = {
	NUMBER(mail), NUMBER(index), ENUM(status, MAIL_INCOMPLETE), WORD(stage), FLAG(two_readings),
};
static const struct shape shape_mail_done = SHAPE(mail_done);
#undef T

#define T struct ev_header
static const struct member header_members[] = {
	NUMBER(mail), TEXT(name), TEXT(value), TEXT(decoded),
};
static const struct shape shape_header = SHAPE(header);
#undef T

#define T struct ev_part_begin
static const struct member part_begin_members[] = {
	NUMBER(mail), NUMBER(part), NUMBER(parent), ENUM(kind, PART_UNPACKED), NUMBER(depth), TEXT(path),
	TEXT(content_type), FLAG(declared), TEXT(charset), TEXT(encoding), TEXT(disposition), TEXT(filename),
	TEXT(content_id), TEXT(description),
};
static const struct shape shape_part_begin = SHAPE(part_begin);
#undef T

#define T struct ev_part_bytes
static const struct member part_bytes_members[] = {
	NUMBER(mail), NUMBER(part), TEXT(bytes),
};
static const struct shape shape_part_bytes = SHAPE(part_bytes);
#undef T

#define T struct ev_part_text
static const struct member part_text_members[] = {
	NUMBER(mail), NUMBER(part), TEXT(text),
};
static const struct shape shape_part_text = SHAPE(part_text);
#undef T

#define T struct ev_part_fact
static const struct member part_fact_members[] = {
	NUMBER(mail), NUMBER(part), NUMBER(group), TEXT(name), TEXT(value),
};
static const struct shape shape_part_fact = SHAPE(part_fact);
#undef T

#define T struct ev_part_member
static const struct member part_member_members[] = {
	NUMBER(mail), NUMBER(part), TEXT(name), NUMBER(size), NUMBER(packed), FLAG(encrypted), FLAG(directory),
	NUMBER(depth),
};
static const struct shape shape_part_member = SHAPE(part_member);
#undef T

#define T struct ev_part_end
static const struct member part_end_members[] = {
	NUMBER(mail), NUMBER(part), NUMBER(size), NUMBER(missing), FLAG(whole), FLAG(truncated), WORD(detected),
	FLAG(has_sha256), FLAG(has_sha1), FLAG(has_md5), BYTES(sha256), BYTES(sha1), BYTES(md5),
};
static const struct shape shape_part_end = SHAPE(part_end);
#undef T

#define T struct ev_url
static const struct member url_members[] = {
	NUMBER(mail), NUMBER(part), TEXT(url), TEXT(host), TEXT(text),
};
static const struct shape shape_url = SHAPE(url);
#undef T

#define T struct ev_gap
static const struct member gap_members[] = {
	NUMBER(missing), NUMBER(mail), NUMBER(dropped),
};
static const struct shape shape_gap = SHAPE(gap);
#undef T

#define T struct ev_anomaly
static const struct member anomaly_members[] = {
	ENUM(finding, FINDINGS - 1), NUMBER(mail), TEXT(detail),
};
static const struct shape shape_anomaly = SHAPE(anomaly);
#undef T

#define T struct ev_packet
static const struct member packet_members[] = {
	NUMBER(acknowledged), NUMBER(window), NUMBER(flags),
};
static const struct shape shape_packet = SHAPE(packet);
#undef T


/* --- record/record.h --- */

#define T struct rec_finding
static const struct member finding_members[] = {
	ENUM(finding, FINDINGS - 1), TEXT(detail), ENUM(dir, DIR_SERVER), NUMBER(offset), NUMBER(length),
	NUMBER(packet), TIME(time),
};
static const struct shape shape_finding = SHAPE(finding);
#undef T

#define T struct rec_findings
static const struct member findings_members[] = {
	LIST(v, n, &shape_finding), NUMBER(count), ENUM(severity, ALERT), NUMBERS(seen),
};
static const struct shape shape_findings = SHAPE(findings);
#undef T

#define T struct rec_reply
static const struct member rec_reply_members[] = {
	SIGNED(code), TEXT(enhanced), TEXT(text),
};
static const struct shape shape_rec_reply = SHAPE(rec_reply);
#undef T

#define T struct rec_recipient
static const struct member recipient_members[] = {
	TEXT(address), TEXT(path), LIST(parameter, nparameter, &shape_pair), STRUCT(reply, &shape_rec_reply),
	SIGNED(rcpt_code), FLAG(accepted), WAIT(wait), TIME(replied),
};
static const struct shape shape_recipient = SHAPE(recipient);
#undef T

#define T struct rec_address
static const struct member address_members[] = {
	TEXT(name), TEXT(address), TEXT(group),
};
static const struct shape shape_address = SHAPE(address);
#undef T

#define T struct rec_hop
static const struct member hop_members[] = {
	TEXT(from), TEXT(from_host), TEXT(from_ip), TEXT(by), TEXT(with), TEXT(id), TEXT(for_), TIME(time),
	WAIT(delay),
};
static const struct shape shape_hop = SHAPE(hop);
#undef T

#define T struct rec_member
static const struct member member_members[] = {
	TEXT(name), NUMBER(size), NUMBER(packed), FLAG(encrypted), FLAG(directory), NUMBER(depth),
};
static const struct shape shape_member = SHAPE(member);
#undef T

#define T struct rec_fact
static const struct member fact_members[] = {
	NUMBER(group), TEXT(name), TEXT(value),
};
static const struct shape shape_fact = SHAPE(fact);
#undef T

#define T struct rec_part
static const struct member part_members[] = {
	NUMBER(number), NUMBER(parent), NUMBER(holder), NUMBER(nth), ENUM(kind, PART_UNPACKED), NUMBER(depth),
	TEXT(path), TEXT(content_type), TEXT(charset), TEXT(encoding), TEXT(disposition), TEXT(filename),
	TEXT(content_id), TEXT(description), FLAG(declared), WORD(detected), FLAG(ended), NUMBER(size),
	NUMBER(missing), FLAG(whole), FLAG(truncated), FLAG(has_sha256), FLAG(has_sha1), FLAG(has_md5),
	BYTES(sha256), BYTES(sha1), BYTES(md5), LIST(fact, nfact, &shape_fact), LIST(member, nmember, &shape_member),
	NUMBER(members),
};
static const struct shape shape_part = SHAPE(part);
#undef T

#define T struct rec_url
static const struct member rec_url_members[] = {
	TEXT(url), TEXT(host), TEXT(text), NUMBER(part),
};
static const struct shape shape_rec_url = SHAPE(rec_url);
#undef T

#define T struct rec_exchange
static const struct member exchange_members[] = {
	NUMBER(serial), TEXT(verb), TEXT(args), FLAG(answered), STRUCT(reply, &shape_rec_reply), WAIT(wait),
};
static const struct shape shape_exchange = SHAPE(exchange);
#undef T

#define T struct rec_message
static const struct member message_members[] = {
	OTHER(session), CHARS(uid), NUMBER(index), NUMBER(mail), NUMBER(first_packet), NUMBER(last_packet),
	TIME(time), TIME(end), TEXT(helo_verb), TEXT(helo_name), FLAG(encrypted), TEXT(auth_user),
	FLAG(has_mail_from), FLAG(null_sender), TEXT(mail_from), TEXT(mail_path),
	LIST(parameter, nparameter, &shape_pair), STRUCT(mail_reply, &shape_rec_reply),
	LIST(recipient, nrecipient, &shape_recipient), NUMBER(recipients), NUMBER(accepted_recipients),
	WORD(transfer), ENUM(status, MAIL_INCOMPLETE), WORD(stage), FLAG(two_readings), FLAG(server_reading),
	STRUCT(reply, &shape_rec_reply), TEXT(queue_id), FLAG(has_content), FLAG(whole), FLAG(damaged),
	NUMBER(size), NUMBER(missing), FLAG(has_sha256), FLAG(has_sha1), FLAG(has_md5), BYTES(sha256), BYTES(sha1),
	BYTES(md5), TEXT(subject), TEXT(date), TEXT(message_id), TEXT(in_reply_to), TEXT(user_agent),
	TIME(date_time), LIST(from, nfrom, &shape_address), LIST(to, nto, &shape_address),
	LIST(cc, ncc, &shape_address), LIST(reply_to, nreply_to, &shape_address),
	LIST(reference, nreference, &shape_text_item), LIST(hop, nhop, &shape_hop), LIST(part, npart, &shape_part),
	NUMBER(parts), NUMBER(attachments), LIST(url, nurl, &shape_rec_url), NUMBER(urls),
	LIST(header, nheader, &shape_pair), WAIT(wait_mail), WAIT(wait_rcpt), WAIT(wait_data), WAIT(content_time),
	WAIT(wait_accept), FLAG(after_gap), FLAG(truncated), ARRAY(cut, ncut, &shape_text_item),
	LIST(exchange, nexchange, &shape_exchange), STRUCT(findings, &shape_findings),
};
const struct shape shape_message = SHAPE(message);
#undef T

#define T struct rec_auth
static const struct member rec_auth_members[] = {
	TEXT(mechanism), TEXT(user), TEXT(secret), FLAG(accepted), FLAG(cancelled), SIGNED(code),
};
static const struct shape shape_rec_auth = SHAPE(rec_auth);
#undef T

#define T struct rec_session
static const struct member session_members[] = {
	CHARS(uid), CHARS(community_id), NUMBER(number), TIME(time), TIME(end), WORD(protocol),
	STRUCT(client, &shape_endpoint), STRUCT(server, &shape_endpoint), STRUCT(tcp, &shape_tcp_facts),
	FLAG(closed), ENUM(why, WHY_END_OF_CAPTURE), ENUM(who, DIR_SERVER), FLAG(quit), FLAG(has_greeting),
	STRUCT(greeting, &shape_rec_reply), TEXT(greeting_host), TEXT(helo_verb), TEXT(helo_name),
	LIST(capability, ncapability, &shape_text_item), FLAG(tls), FLAG(tls_broken), STRUCT(tls_facts, &shape_tls),
	TEXT(proxy_name), STRUCT(proxy_client, &shape_endpoint), FLAG(has_proxy),
	LIST(auth, nauth, &shape_rec_auth), NUMBER(auths), NUMBER(messages), NUMBER(accepted), NUMBER(recipients),
	NUMBER(accepted_recipients), NUMBER(commands), NUMBER(errors), NUMBER(pipelined), FLAG(gaps),
	FLAG(truncated), LIST(exchange, nexchange, &shape_exchange), STRUCT(findings, &shape_findings),
};
const struct shape shape_session = SHAPE(session);
#undef T

enum { LAST_OUTCOME = 4 };		/* attempt_name() knows no more */

#define T struct rec_attempt
static const struct member attempt_members[] = {
	CHARS(uid), ENUM(outcome, LAST_OUTCOME), STRUCT(client, &shape_addr), STRUCT(server, &shape_endpoint), NUMBER(count),
	TIME(first), TIME(last), TEXT(detail), STRUCT(findings, &shape_findings),
};
const struct shape shape_attempt = SHAPE(attempt);
#undef T

#define T struct rec_lone_finding
static const struct member lone_finding_members[] = {
	STRUCT(finding, &shape_finding), CHARS(own_uid), CHARS(uid),
};
const struct shape shape_lone_finding = SHAPE(lone_finding);
#undef T

/* --- all --- */

const struct shape *const shape_of_event[EV_KINDS] = {
	[EV_OPEN] = &shape_open, [EV_CLOSE] = &shape_close, [EV_PHASE] = &shape_phase,
	[EV_COMMAND] = &shape_command, [EV_REPLY] = &shape_reply, [EV_AUTH] = &shape_auth,
	[EV_TLS] = &shape_tls, [EV_PROXY] = &shape_proxy, [EV_MAIL_BEGIN] = &shape_mail_begin,
	[EV_MAIL_BYTES] = &shape_mail_bytes, [EV_MAIL_END] = &shape_mail_end,
	[EV_MAIL_DONE] = &shape_mail_done, [EV_HEADER] = &shape_header, [EV_PART_BEGIN] = &shape_part_begin,
	[EV_PART_BYTES] = &shape_part_bytes, [EV_PART_TEXT] = &shape_part_text,
	[EV_PART_FACT] = &shape_part_fact, [EV_PART_MEMBER] = &shape_part_member,
	[EV_PART_END] = &shape_part_end, [EV_URL] = &shape_url, [EV_GAP] = &shape_gap,
	[EV_ANOMALY] = &shape_anomaly, [EV_PACKET] = &shape_packet,
};

const struct shape *const shapes_all[] = {
	&shape_text_item, &shape_pair, &shape_addr, &shape_endpoint, &shape_tcp_facts, &shape_where,
	&shape_open, &shape_close, &shape_phase, &shape_command, &shape_reply, &shape_auth, &shape_tls,
	&shape_proxy, &shape_mail_begin, &shape_mail_bytes, &shape_mail_end, &shape_mail_done, &shape_header,
	&shape_part_begin, &shape_part_bytes, &shape_part_text, &shape_part_fact, &shape_part_member,
	&shape_part_end, &shape_url, &shape_gap, &shape_anomaly, &shape_packet, &shape_finding,
	&shape_findings, &shape_rec_reply, &shape_recipient, &shape_address, &shape_hop, &shape_member,
	&shape_fact, &shape_part, &shape_rec_url, &shape_exchange, &shape_message, &shape_rec_auth,
	&shape_session, &shape_attempt, &shape_lone_finding,
};
const size_t nshapes_all = sizeof shapes_all / sizeof shapes_all[0];
