// The program's exit statuses. Schedulers may resubmit a job that ended with 75 (EX_TEMPFAIL of
// sysexits.h): it goes on where it stopped.
#pragma once

namespace retort::engine {

enum class exit_status {
  done = 0,
  samples_failed = 1,  // done, but more samples failed than max_failed
  bad_input = 2,       // command line, config, dataset, key or certificate: needs a person
  stopped = 75,        // stopped early (signal, full disk, exhausted quota); resumable
};

}  // namespace retort::engine
