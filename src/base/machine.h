/*
 * machine.h - the machine's clocks.
 *
 * Nothing of what is printed of a capture depends on them (nstime.h has the
 * only clock that does). They are for work in slices, for how far a reading
 * is, and for a live source, which says how late it is when nothing comes.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "nstime.h"

nstime machine_steady(void);		/* since some moment; never goes back */
nstime machine_time(void);		/* of day, in UTC: what the kernel stamps packets with */

#endif
