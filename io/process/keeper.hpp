// Who stands between us and a server of ours: a process that starts the server's command and ends
// all that came of it, whatever the command made of itself, when we are gone (SIGKILL among the
// ways) or say so. It is this program, started once more with keeper_word first, since what
// survives us has to be a process of its own.
//
//   us ── pipe 0, which nobody writes to ──▶ keeper (subreaper) ──▶ /bin/sh -c COMMAND ──▶ ...
//
// When the pipe ends, the command's process group gets SIGTERM; when the command has ended, or five
// seconds later, every descendant SIGKILL. The keeper has none left when it ends, with the
// command's exit status (128 and the signal's number behind one). Of a keeper that is itself killed
// by SIGKILL only the command dies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retort::io {

inline constexpr std::string_view keeper_word = "--keep-server";

// What is to be started to have `command` run, its output at the end of the file `log`: as it is,
// so that a new one is for its owner alone.
std::vector<std::string> keeper_words(const std::string& log, const std::string& command);

// The keeper's main(), where the first argument is keeper_word.
int keep(int argc, char** argv);

}  // namespace retort::io
