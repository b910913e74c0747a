// The program's exit statuses. Schedulers may resubmit a job that ended with 75 (EX_TEMPFAIL of
// sysexits.h): it goes on where it stopped.
#pragma once

#include "io/base/error.hpp"

namespace retort::engine {

enum class exit_status {
  done = 0,
  samples_failed = 1,  // done, but more samples failed than max_failed
  bad_input = 2,       // command line, config, dataset, key or certificate: needs a person
  stopped = 75,        // stopped early (signal, full disk, exhausted quota); resumable
};

// Of a run that this error ends: what may pass by itself is no mistake of the person's.
inline exit_status status_of(const error& why) {
  const bool passes = why.code == errc::disk || why.code == errc::cancelled;
  return passes ? exit_status::stopped : exit_status::bad_input;
}

}  // namespace retort::engine
