/*
 * smtp_play.h - plays a conversation written as text through the stack, and
 * writes down what was told.
 *
 *	C: EHLO x	the client says a line, with CRLF
 *	C> raw\x00	... these bytes only, with \r \n \0 \\ \xNN
 *	S: S>		the server
 *	C- 10		ten bytes of the client were not captured
 *	C.		the client ends (FIN)
 *	one-sided	the other direction will not come
 *	wait 60		seconds pass
 *	close fin C	fin, rst, idle, evicted, end; who
 *	midstream | whole | port N | anyport | flip	before the first byte
 *
 * Each line of the conversation is one packet; with `cut` each is given in
 * pieces of so many bytes.
 */
#ifndef SMTP_PLAY_H
#define SMTP_PLAY_H

#include "base/buf.h"
#include "dissect/stack.h"

struct play {
	struct buf told;		/* a line an event */
	struct buf mail;		/* MAIL_BYTES since the last MAIL_BEGIN, all mails together: flushed into `told` */
	uint32_t wants;
	bool closed, opened;
	const char *protocol;
};

/* Plays it; the text is in play->told afterwards. */
void play_init(struct play *);
void play_fini(struct play *);
void play_talk(struct play *, const char *talk, size_t cut);
void play_event(struct play *, const struct event *);

#endif
