/*
 * probe.h - is this mail, and which of its two protocols?
 *
 * On a mail port only what is certainly something else is refused. On any
 * other port both sides must sound like mail: FTP greets with 220, too.
 */
#ifndef SMTP_PROBE_H
#define SMTP_PROBE_H

#include "dissect/dissector.h"

/* The answer for SMTP, or for LMTP. LHLO is LMTP, EHLO and HELO are not; who says nothing speaks LMTP on port 24. */
enum probe probe_mail(const struct hint *, bool lmtp);

#endif
