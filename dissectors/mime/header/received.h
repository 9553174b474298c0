/*
 * received.h - the trace field (RFC 5321 4.4), as servers write it.
 *
 *	Received: from mail.example.org (mail.example.org [192.0.2.1])
 *	 by mx.example.net (Postfix) with ESMTPS id 4F1D2
 *	 for <bob@example.net>; Sat, 21 Nov 2026 18:29:01 +0000
 */
#ifndef MIME_RECEIVED_H
#define MIME_RECEIVED_H

#include "base/nstime.h"
#include "base/slice.h"

struct received {
	slice from;			/* the name the client gave; where a server writes that in a comment (helo=x, HELO x), it is found there */
	slice from_host, from_ip;	/* what the server found out: in the comment behind it. Without a last dot, brackets, "IPv6:" and port */
	slice by, via, with, id, for_;	/* for: without brackets. Comments are not part of a value */
	nstime time;			/* or NSTIME_NONE */
	bool tls, authenticated;	/* as `with` says (RFC 3848, RFC 6531): ESMTPS, ESMTPA, ESMTPSA, UTF8SMTPS … or a comment, as servers have them */
};

/* Each clause counts where it stands first. Slices point into `unfolded`. False: nothing in it was understood. Linear, comments nest to any depth. */
bool received_parse(slice unfolded, struct received *);

#endif
