// Activations, normalizations and reparametrizations by the name they have in a case file. Each kind registers itself
// from its own .cpp, so a program must link the object files of networks/ (a CMake OBJECT library), not an archive that
// drops what nobody names.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "networks/activation.hpp"
#include "networks/norm.hpp"
#include "networks/reparam.hpp"

namespace nusselt {

/// Sorted names.
std::vector<std::string> activation_names();
/// Sorted names, "none" among them.
std::vector<std::string> norm_names();
/// Sorted names, "none" among them.
std::vector<std::string> reparam_names();

/// Throws std::invalid_argument naming the known ones.
const Activation& find_activation(const std::string& name);
/// nullptr for "none"; throws std::invalid_argument naming the known ones.
std::shared_ptr<const Norm> make_norm(const std::string& name, const NormOptions& options);
/// nullptr for "none"; throws std::invalid_argument naming the known ones.
std::shared_ptr<const Reparam> find_reparam(const std::string& name);

struct RegisterActivation {
  explicit RegisterActivation(Activation activation);
};

struct RegisterNorm {
  RegisterNorm(const char* name, std::shared_ptr<const Norm> (*make)(const NormOptions& options));
};

struct RegisterReparam {
  RegisterReparam(const char* name, std::shared_ptr<const Reparam> reparam);
};

}  // namespace nusselt
