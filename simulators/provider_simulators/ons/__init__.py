"""Nedap Ons (care administration): the certificates and the first bulk resources."""

from provider_simulators.ons.certificates import Certificates
from provider_simulators.ons.simulator import OnsSimulator
from provider_simulators.ons.switches import Environment, OnsSwitches

__all__ = ["Certificates", "Environment", "OnsSimulator", "OnsSwitches"]
