// How often a piece of work waits for its device: every number that is read back to the host is one
// aten::_local_scalar_dense, on a processor as well.
#pragma once

#include <ATen/record_function.h>

#include <string>

namespace nusselt::testing {

inline thread_local int host_reads_seen = 0;

template <class Work>
int host_reads(const Work& work) {
  host_reads_seen = 0;
  at::enableRecordFunction(true);
  const at::CallbackHandle handle = at::addThreadLocalCallback(
      at::RecordFunctionCallback([](const at::RecordFunction& function) -> std::unique_ptr<at::ObserverContext> {
        if (std::string(function.name()) == "aten::_local_scalar_dense") ++host_reads_seen;
        return nullptr;
      }));
  work();
  at::removeCallback(handle);
  return host_reads_seen;
}

}  // namespace nusselt::testing
