//! What a machine may lack, with its remedy. Never a fault of the nodes.

/// The suite cannot run here.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Lack {
    /// A tool is not installed.
    #[error("`{tool}` is missing. Remedy: install {package} (apt-get install {package})")]
    Tool {
        /// Its name.
        tool: &'static str,
        /// Debian's package.
        package: &'static str,
    },
    /// Namespaces are forbidden.
    #[error(
        "network namespaces of its own are forbidden here: {why}. Remedy: run it as root, or allow user namespaces \
         (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0); in a container, \
         give it --privileged"
    )]
    Namespaces {
        /// What the system answered.
        why: String,
    },
    /// The kernel can neither shape a line nor carry one to this program.
    #[error(
        "the kernel has neither netem ({netem}) nor VXLAN ({vxlan}). Remedy: load one of them (modprobe sch_netem, \
         modprobe vxlan), on Debian from the package linux-modules-extra of the running kernel"
    )]
    Line {
        /// What it said to the one.
        netem: String,
        /// What it said to the other.
        vxlan: String,
    },
    /// A way that was asked for does not exist here.
    #[error("this kernel has no {kind}: {why}. Remedy: leave --line away, or load it (modprobe {module})")]
    Maker {
        /// What was asked for.
        kind: &'static str,
        /// Its module.
        module: &'static str,
        /// What the kernel said.
        why: String,
    },
    /// The congestion control is not there.
    #[error(
        "TCP's congestion control '{name}' cannot be set: {why}. Remedy: leave --congestion away, or load it (modprobe \
         tcp_{name})"
    )]
    Congestion {
        /// Its name.
        name: String,
        /// What the kernel said.
        why: String,
    },
    /// The program was not built.
    #[error("there is no program at {path}. Remedy: cargo build --release -p alliance, or name it with --alliance")]
    Program {
        /// Where it was looked for.
        path: String,
    },
}
