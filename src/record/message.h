/*
 * message.h - one mail transaction while its events come.
 *
 * Made by the command or content that begins it, filled by every event that
 * names it, finished by EV_MAIL_DONE. It lies in its own arena, with all that
 * it holds.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "dialogue.h"
#include "parts.h"

struct message {
	struct rec_message rec;
	struct keeper keep;
	struct kept_list recipients, findings, headers, hops;
	struct parts parts;
	uint64_t rcpt_accepted, content_accepted;	/* recipients: by the reply to RCPT; by one of their own after the content (LMTP) */
	bool fates;				/* there are such replies */
	struct dialogue dialogue;
	bool content_reply;			/* rec.reply answers the content */
	struct rec_reply data_refusal, rcpt_refusal, chunk_refusal;
	nstime content_from, content_to;	/* the 354, or the first BDAT; the last byte */
};

struct message *message_new(const struct rec_session *, uint32_t mail, bool server_reading, const struct where *at, size_t *memory);
void message_free(struct message **);

void message_saw(struct message *, const struct where *);	/* every event of the transaction */
void message_mail(struct message *, const struct event *command, slice helo_verb, slice helo_name, slice auth_user);
void message_rcpt(struct message *, const struct ev_command *);
void message_reply(struct message *, const struct event *reply);
void message_begin(struct message *, const struct event *);
void message_end(struct message *, const struct event *);
void message_header(struct message *, const struct event *, unsigned keep);
void message_part(struct message *, const struct event *);	/* of EV_PART_BEGIN FACT MEMBER END, EV_URL */
void message_finding(struct message *, const struct event *);
void message_dialogue(struct message *, const struct event *);	/* a command or a reply of it */
void message_done(struct message *, const struct event *);	/* rec is complete */

#endif
